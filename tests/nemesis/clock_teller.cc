#include "tests/nemesis/clock_teller.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace tribunal {
namespace {

sockaddr_in teller_at(const std::string& address, int port) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

std::int64_t told_by(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

[[noreturn]] void tell(int port) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_in own = teller_at("0.0.0.0", port);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) ::_exit(1);
  while (true) {
    char question[32] = {};
    sockaddr_in from{};
    socklen_t size = sizeof from;
    ::recvfrom(socket, question, sizeof question - 1, 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (const int of_child = std::atoi(question); of_child > 0 && ::fork() == 0) {
      ::close(socket);
      tell(of_child);
    }
    const std::string answer =
        std::to_string(told_by(CLOCK_REALTIME)) + " " + std::to_string(told_by(CLOCK_MONOTONIC));
    ::sendto(socket, answer.data(), answer.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}

void sleep_until_tomorrow(const std::string& which) {
  const clockid_t clock = which == "wall" ? CLOCK_REALTIME : CLOCK_MONOTONIC;
  const timespec tomorrow{told_by(clock) / 1'000'000'000 + 86'400, 0};
  ::clock_nanosleep(clock, TIMER_ABSTIME, &tomorrow, nullptr);
}

Told ask_once_and_again(const std::string& address, int port, const std::string& question) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const sockaddr_in there = teller_at(address, port);
  while (std::chrono::steady_clock::now() < until) {
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ::connect(socket, reinterpret_cast<const sockaddr*>(&there), sizeof there);
    ::send(socket, question.data(), question.size(), MSG_NOSIGNAL);
    char answer[160] = {};
    pollfd ready{socket, POLLIN, 0};
    const bool came =
        ::poll(&ready, 1, 200) == 1 && ::recv(socket, answer, sizeof answer - 1, 0) > 0;
    ::close(socket);
    Told told;
    std::istringstream words(answer);
    if (came && (words >> told.wall >> told.monotonic)) {
      words >> told.waits >> told.shortest >> told.longest;
      return told;
    }
    ::usleep(5000);  // an answer may be "nobody listens there yet", at once
  }
  throw std::runtime_error("the teller does not answer");
}

}  // namespace

int be_teller(int argc, char** argv) {
  if (argc != 3 && argc != 4) return 64;
  const int port = std::atoi(argv[2]);
  if (argc == 4) std::thread(sleep_until_tomorrow, std::string(argv[3])).detach();
  ::signal(SIGCHLD, SIG_IGN);
  if (::fork() == 0) tell(port + 1);
  tell(port);
}

Told ask_teller(const std::string& address, int port) {
  return ask_once_and_again(address, port, "ask");
}

void have_child(const std::string& address, int port, int of_child) {
  ask_once_and_again(address, port, std::to_string(of_child));
}

}  // namespace tribunal
