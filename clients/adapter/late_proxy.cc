#include "clients/adapter/late_proxy.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <vector>

#include "harness/record/error.h"

namespace tribunal {
namespace {

struct Link {
  Descriptor client, server;
  std::string held;
  bool over = false;
};

Descriptor connected_to(const std::string& endpoint) {
  const auto colon = endpoint.rfind(':');
  if (colon == std::string::npos) return {};
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  const std::string host = endpoint.substr(0, colon), port = endpoint.substr(colon + 1);
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return {};
  Descriptor socket(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const bool connected =
      socket && ::connect(socket.number(), found->ai_addr, found->ai_addrlen) == 0;
  ::freeaddrinfo(found);
  return connected ? std::move(socket) : Descriptor();
}

bool write_all(const Descriptor& to, const char* bytes, std::size_t size) {
  while (size > 0) {
    const auto n = ::send(to.number(), bytes, size, MSG_NOSIGNAL);
    if (n <= 0) return false;
    bytes += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

LateProxy::LateProxy(const std::string& upstream)
    : upstream_(upstream), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof own;
  auto* const address = reinterpret_cast<sockaddr*>(&own);
  if (!listener_ || ::bind(listener_.number(), address, sizeof own) != 0 ||
      ::listen(listener_.number(), 16) != 0 ||
      ::getsockname(listener_.number(), address, &size) != 0)
    throw Error(Blame::environment,
                fmt::format("cannot listen on 127.0.0.1: {}", std::strerror(errno)));
  address_ = fmt::format("127.0.0.1:{}", ntohs(own.sin_port));
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

LateProxy::~LateProxy() = default;

void LateProxy::set(Mode mode) {
  answered_ = false;
  mode_ = mode;
}

void LateProxy::serve(const std::stop_token& stop) {
  std::list<Link> links;
  char bytes[65536];
  while (!stop.stop_requested()) {
    std::vector<pollfd> ready = {{listener_.number(), POLLIN, 0}};
    for (const Link& link : links) {
      ready.push_back({link.client.number(), POLLIN, 0});
      ready.push_back({link.server.number(), POLLIN, 0});
    }
    ::poll(ready.data(), ready.size(), 10);
    const Mode mode = mode_;
    std::size_t at = 1;
    for (Link& link : links) {
      const auto asks = ready[at++].revents, answers = ready[at++].revents;
      if (asks != 0) {
        const auto n = ::recv(link.client.number(), bytes, sizeof bytes, 0);
        link.over = n <= 0 || !write_all(link.server, bytes, static_cast<std::size_t>(n));
      }
      if (answers != 0 && !link.over) {
        const auto n = ::recv(link.server.number(), bytes, sizeof bytes, 0);
        if (n > 0) link.held.append(bytes, static_cast<std::size_t>(n));
        if (n > 0 && mode != Mode::pass) answered_ = true;
        link.over = n <= 0 || mode == Mode::cut;
      }
      if (mode != Mode::pass || link.held.empty() || link.over) continue;
      link.over = !write_all(link.client, link.held.data(), link.held.size());
      link.held.clear();
    }
    if (ready[0].revents != 0) {
      Link fresh{Descriptor(::accept4(listener_.number(), nullptr, nullptr, SOCK_CLOEXEC)),
                 connected_to(upstream_),
                 {},
                 false};
      if (fresh.client && fresh.server) links.push_back(std::move(fresh));
    }
    links.remove_if([](const Link& link) { return link.over; });
  }
}

LateProxies::LateProxies(const std::vector<std::string>& upstream) {
  for (const auto& address : upstream) all_.push_back(std::make_unique<LateProxy>(address));
}

std::vector<std::string> LateProxies::addresses() const {
  std::vector<std::string> addresses;
  for (const auto& proxy : all_) addresses.push_back(proxy->address());
  return addresses;
}

void LateProxies::set(LateProxy::Mode mode) {
  for (const auto& proxy : all_) proxy->set(mode);
}

bool LateProxies::has_answered() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const auto& proxy) { return proxy->has_answered(); });
}

}  // namespace tribunal
