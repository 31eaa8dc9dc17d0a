#include "nemesis/network/closing_echo.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstring>
#include <iostream>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/failed_step.h"
#include "nemesis/network/packet_head.h"
#include "nemesis/tool_channel.h"

namespace tribunal {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

sockaddr_in closing_address(const std::string& address) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(echo_port);
  if (::inet_pton(AF_INET, address.c_str(), &where.sin_addr) != 1)
    throw std::runtime_error("not an address: " + address);
  return where;
}

Descriptor listen_for_closing() {
  Descriptor socket(must(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
                         "open a socket to listen on"));
  const int yes = 1;
  ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  const sockaddr_in own = closing_address("0.0.0.0");
  must(::bind(socket.number(), reinterpret_cast<const sockaddr*>(&own), sizeof own),
       "bind the port for echoes");
  must(::listen(socket.number(), 64), "listen");
  return socket;
}

// Says a byte on each connection whose other side has been closed, and closes it, too.
void notice_closings(const Descriptor& listener) {
  std::vector<Descriptor> open;
  while (true) {
    std::vector<pollfd> ready{{listener.number(), POLLIN, 0}};
    for (const auto& connection : open) ready.push_back({connection.number(), POLLIN, 0});
    ::poll(ready.data(), ready.size(), -1);
    for (std::size_t i = open.size(); i-- > 0;) {
      if (!ready[i + 1].revents) continue;
      char byte = 0;
      if (::recv(open[i].number(), &byte, 1, MSG_DONTWAIT) > 0) continue;
      ::send(open[i].number(), "c", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    }
    Descriptor connection(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) open.push_back(std::move(connection));
  }
}

bool becomes(const Descriptor& socket, short what, Clock::time_point until) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  pollfd ready{socket.number(), what, 0};
  return ::poll(&ready, 1, static_cast<int>(std::max<std::int64_t>(0, left))) > 0;
}

json close_towards(const std::string& address, std::chrono::nanoseconds patience) {
  const sockaddr_in to = closing_address(address);
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&to), sizeof to);
  int error = 0;
  socklen_t size = sizeof error;
  if (!becomes(socket, POLLOUT, Clock::now() + patience) ||
      ::getsockopt(socket.number(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return {{"connected", false}};
  const auto began = Clock::now();
  ::shutdown(socket.number(), SHUT_WR);
  char byte = 0;
  if (!becomes(socket, POLLIN, began + patience) || ::recv(socket.number(), &byte, 1, 0) != 1)
    return {{"connected", true}};
  return {{"connected", true}, {"closed", (Clock::now() - began) / std::chrono::nanoseconds(1)}};
}

json close_all(const json& question) {
  const std::chrono::nanoseconds patience(question["patience"].get<std::int64_t>());
  std::mutex mutex;
  json links = json::object();
  {
    std::vector<std::jthread> threads;
    for (const std::string address : question["to"])
      threads.emplace_back([&, address] {
        const json one = close_towards(address, patience);
        const std::scoped_lock lock(mutex);
        links[address] = one;
      });
  }
  return {{"links", links}};
}

}  // namespace

int closing_echo_main() {
  try {
    const Descriptor listener = listen_for_closing();
    std::thread([&] { notice_closings(listener); }).detach();  // ends with the process
    answer_all(close_all);
    ::_exit(0);
  } catch (const FailedStep& failed) {
    std::cerr << "closing-echo: cannot " << failed.step << ": " << std::strerror(failed.error)
              << "\n";
    return 3;
  }
}

}  // namespace tribunal
