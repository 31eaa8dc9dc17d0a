#include "tests/nemesis/stream.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <thread>
#include <vector>

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

sockaddr_in sink_at(const std::string& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(7100);
  ::inet_pton(AF_INET, address.c_str(), &where.sin_addr);
  return where;
}

// What the byte at that place of the stream is.
constexpr std::size_t cycle = 251;
std::string pattern(std::size_t bytes) {
  std::string text(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) text[i] = static_cast<char>(i % cycle);
  return text;
}

// Reads to the end and answers "BYTES NANOSECONDS WHOLE".
void take_in(int connection) {
  constexpr std::size_t room = cycle * 1024;
  const std::string expected = pattern(room + cycle);
  std::vector<char> buffer(room);
  std::uint64_t bytes = 0;
  bool whole = true;
  const auto began = Clock::now();
  auto last = began;
  for (ssize_t got = 0; (got = ::recv(connection, buffer.data(), buffer.size(), 0)) > 0;) {
    const auto size = static_cast<std::size_t>(got);
    whole = whole && std::memcmp(buffer.data(), expected.data() + bytes % cycle, size) == 0;
    bytes += size;
    last = Clock::now();
  }
  const std::string answer = std::to_string(bytes) + " " + std::to_string((last - began) / 1ns) +
                             " " + (whole ? "whole" : "broken");
  ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  ::close(connection);
}

int be_sink() {
  const int listener = ::socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in own = sink_at("0.0.0.0");
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) return 1;
  ::listen(listener, 16);
  for (int connection = 0; (connection = ::accept(listener, nullptr, nullptr)) >= 0;)
    std::thread(take_in, connection).detach();
  return 1;
}

int be_source(const std::string& address, std::chrono::milliseconds time) {
  ::signal(SIGPIPE, SIG_IGN);
  const int connection = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in to = sink_at(address);
  const auto fail = [](const char* step) {
    std::cout << step << ": " << std::strerror(errno) << "\n";
    return 1;
  };
  if (::connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    return fail("connect");
  const std::string text = pattern(cycle * 256);
  for (const auto until = Clock::now() + time; Clock::now() < until;)
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t more = ::send(connection, text.data() + sent, text.size() - sent, 0);
      if (more < 0) return fail("send");
      sent += static_cast<std::size_t>(more);
    }
  ::shutdown(connection, SHUT_WR);
  char answer[100];
  const ssize_t got = ::recv(connection, answer, sizeof answer, MSG_WAITALL);
  if (got <= 0) return fail("receive");
  std::cout << std::string(answer, static_cast<std::size_t>(got)) << "\n";
  return 0;
}

}  // namespace

int be_stream(int argc, char** argv) {
  if (argc == 3) return be_sink();
  return be_source(argv[3], std::chrono::milliseconds(std::stoi(argv[4])));
}

void start_sink(Host& host) {
  host.start({{std::filesystem::read_symlink("/proc/self/exe"), stream_verb, "sink"}, {}, false});
  const auto until = Clock::now() + 10s;
  while (Clock::now() < until && !pour(host, host, 0ms).failure.empty())
    std::this_thread::sleep_for(10ms);
}

Stream pour(Host& from, Host& to, std::chrono::milliseconds time) {
  const CommandResult result =
      from.run({std::filesystem::read_symlink("/proc/self/exe"), stream_verb, "source",
                to.address(), std::to_string(time.count())},
               time + 60s);
  Stream stream;
  std::istringstream words(result.out);
  double bytes = 0, nanoseconds = 0;
  std::string whole;
  if (!result.ok() || !(words >> bytes >> nanoseconds >> whole)) {
    stream.failure = result.timed_out ? "no end within a minute" : result.out + result.err;
    return stream;
  }
  stream.megabits = bytes * 8e3 / nanoseconds;
  stream.whole = whole == "whole";
  return stream;
}

}  // namespace tribunal
