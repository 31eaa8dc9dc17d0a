#include "tests/clients/zookeeper_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cstring>
#include <optional>

namespace tribunal {
namespace {

constexpr int look_again = 20;  // milliseconds between looks at whether it should end

std::int32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return static_cast<std::int32_t>(ntohl(number));
}

// What comes on one side: frames, each of a length and so many bytes.
class ZooFrames {
 public:
  // False: the peer is gone.
  bool receive(const Socket& from) {
    char bytes[4096];
    const ssize_t n = recv(from.get(), bytes, sizeof bytes, 0);
    if (n <= 0) return false;
    waiting_.append(bytes, static_cast<std::size_t>(n));
    return true;
  }
  std::optional<std::string> next() {  // with its length
    if (waiting_.size() < 4) return {};
    const std::size_t whole = 4 + static_cast<std::size_t>(number_at(waiting_, 0));
    if (waiting_.size() < whole) return {};
    std::string frame = waiting_.substr(0, whole);
    waiting_.erase(0, whole);
    return frame;
  }

 private:
  std::string waiting_;
};

Socket connected_to(const std::string& address) {
  Socket own(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port =
      htons(static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1))));
  if (connect(own.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) return Socket(-1);
  return own;
}

bool pass_on(const Socket& to, const std::string& frame) {
  return send(to.get(), frame.data(), frame.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(frame.size());
}

}  // namespace

ZooProxy::ZooProxy(std::string server)
    : server_(std::move(server)), listener_(bound_socket()), address_(address_of(listener_)) {
  listen(listener_.get(), 16);
  thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

ZooProxy::~ZooProxy() = default;

void ZooProxy::destine(ZooKind kind, ZooFate fate) {
  const std::scoped_lock lock(mutex_);
  fates_[static_cast<std::int32_t>(kind)] = fate;
}

std::size_t ZooProxy::came(ZooKind kind) const {
  const std::scoped_lock lock(mutex_);
  const auto found = counts_.find(static_cast<std::int32_t>(kind));
  return found == counts_.end() ? 0 : found->second;
}

ZooFate ZooProxy::note(std::int32_t kind) {
  const std::scoped_lock lock(mutex_);
  ++counts_[kind];
  const auto fate = fates_.find(kind);
  return fate == fates_.end() ? ZooFate::pass : fate->second;
}

void ZooProxy::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (poll(&waiting, 1, look_again) <= 0) continue;
    const Socket client(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (parted_) continue;
    const Socket server = connected_to(server_);
    if (client.get() >= 0 && server.get() >= 0) converse(stop, client, server);
  }
}

// One connection at a time, until either side or a fate ends it.
void ZooProxy::converse(const std::stop_token& stop, const Socket& client, const Socket& server) {
  ZooFrames asked, answered;
  bool greeted = false;
  std::optional<std::int32_t> lost;  // the number of the request whose answer is not to come
  while (!stop.stop_requested() && !parted_) {
    pollfd sides[] = {{client.get(), POLLIN, 0}, {server.get(), POLLIN, 0}};
    if (poll(sides, 2, look_again) <= 0) continue;
    if (sides[0].revents != 0 && !asked.receive(client)) return;
    if (sides[1].revents != 0 && !answered.receive(server)) return;
    while (const auto frame = asked.next()) {
      const ZooFate fate = greeted ? note(number_at(*frame, 8)) : ZooFate::pass;
      greeted = true;
      if (fate == ZooFate::lose_request) return;
      if (fate == ZooFate::lose_answer) lost = number_at(*frame, 4);
      if (fate != ZooFate::swallow && !pass_on(server, *frame)) return;
    }
    while (const auto frame = answered.next()) {
      if (lost && number_at(*frame, 4) == *lost) return;
      if (!pass_on(client, *frame)) return;
    }
  }
}

}  // namespace tribunal
