#include "tests/nemesis/peer.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <sstream>
#include <vector>

namespace tribunal {
namespace {

sockaddr_in peer_at(const std::string& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(7000);
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

void send_to(int socket, const std::string& text, const sockaddr_in& to) {
  ::sendto(socket, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&to), sizeof to);
}

std::string show(const std::map<std::string, long>& heard) {
  std::string text = "heard ";
  for (const auto& [address, count] : heard) text += address + " " + std::to_string(count) + " ";
  return text;
}

// One message, if one comes in time.
bool receive(int socket, int milliseconds, std::string& text, sockaddr_in& from) {
  pollfd ready{socket, POLLIN, 0};
  if (::poll(&ready, 1, milliseconds) <= 0) return false;
  text.assign(2000, '\0');
  socklen_t size = sizeof from;
  const ssize_t got =
      ::recvfrom(socket, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return got > 0;
}

}  // namespace

int be_peer(int argc, char** argv) {
  using Clock = std::chrono::steady_clock;
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  const sockaddr_in own = peer_at(argv[2]);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) return 1;
  const std::vector<std::string> others(argv + 3, argv + argc);
  std::map<std::string, long> heard;
  for (const auto& other : others) heard[other] = 0;
  auto greet_at = Clock::now();
  while (true) {
    if (Clock::now() >= greet_at) {
      for (const auto& other : others) send_to(socket, "hello", peer_at(other));
      greet_at = Clock::now() + std::chrono::milliseconds(5);
    }
    std::string text;
    sockaddr_in from{};
    if (!receive(socket, 5, text, from)) continue;
    if (text == "hello") ++heard[::inet_ntoa(from.sin_addr)];
    if (text == "ask") send_to(socket, show(heard), from);
  }
}

std::optional<std::map<std::string, long>> ask_peer(const std::string& address) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  send_to(socket, "ask", peer_at(address));
  std::string text;
  sockaddr_in from{};
  const bool answered = receive(socket, 500, text, from);
  ::close(socket);
  if (!answered) return {};
  std::istringstream words(text.substr(6));
  std::map<std::string, long> heard;
  std::string other;
  for (long count = 0; words >> other >> count;) heard[other] = count;
  return heard;
}

}  // namespace tribunal
