#include "tests/clients/sql_wire.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tribunal {
namespace {

Socket connected(const std::string& host, std::uint16_t port) {
  Socket result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  if (connect(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    shutdown(result.get(), SHUT_RDWR);
  return result;
}

bool deliver(const Socket& to, const char* bytes, ssize_t count) {
  for (ssize_t sent = 0; sent < count;) {
    const ssize_t n =
        send(to.get(), bytes + sent, static_cast<std::size_t>(count - sent), MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += n;
  }
  return true;
}

}  // namespace

LossyWire::LossyWire(std::string host, std::uint16_t port)
    : host_(std::move(host)),
      port_(port),
      listener_(bound_socket()),
      address_(address_of(listener_)) {
  listen(listener_.get(), 16);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

LossyWire::~LossyWire() {
  acceptor_.request_stop();
  acceptor_.join();
}

void LossyWire::lose(Loss what, const std::string& words) {
  const std::scoped_lock lock(mutex_);
  loss_ = what;
  words_ = words;
}

std::size_t LossyWire::delivered(const std::string& words) const {
  const std::scoped_lock lock(mutex_);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = sent_.find(words, at)) != std::string::npos; ++at) ++count;
  return count;
}

void LossyWire::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (poll(&waiting, 1, 20) <= 0) continue;
    const int descriptor = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    conversations_.emplace_back([this, descriptor](const std::stop_token& end) {
      const Socket client(descriptor);
      const Socket server = connected(host_, port_);
      carry(end, client, server);
    });
  }
  conversations_.clear();  // stops and joins each
}

void LossyWire::carry(const std::stop_token& stop, const Socket& client, const Socket& server) {
  bool answers_pass = true;
  while (!stop.stop_requested()) {
    pollfd both[] = {{client.get(), POLLIN, 0}, {server.get(), POLLIN, 0}};
    if (poll(both, 2, 20) <= 0) continue;
    if (both[0].revents != 0 && !pass_on(client, server, answers_pass)) return;
    if (both[1].revents == 0) continue;
    char chunk[4096];
    const ssize_t count = recv(server.get(), chunk, sizeof chunk, 0);
    if (count <= 0) return;
    if (answers_pass && !deliver(client, chunk, count)) return;
  }
}

// False when the connection is to end.
bool LossyWire::pass_on(const Socket& from, const Socket& to, bool& answers_pass) {
  char chunk[4096];
  const ssize_t count = recv(from.get(), chunk, sizeof chunk, 0);
  if (count <= 0) return false;
  const std::string bytes(chunk, static_cast<std::size_t>(count));
  bool hit = false;
  Loss loss{};
  {
    const std::scoped_lock lock(mutex_);
    hit = !words_.empty() && bytes.find(words_) != std::string::npos;
    loss = loss_;
    if (hit) words_.clear();
    if (!hit || loss != Loss::request) sent_ += bytes;
  }
  if (hit && loss == Loss::request) return false;
  if (!deliver(to, chunk, count)) return false;
  if (!hit) return true;
  answers_pass = false;
  if (loss == Loss::silence) return true;
  pollfd answered{to.get(), POLLIN, 0};  // so that it has taken effect
  poll(&answered, 1, 5000);
  return false;
}

}  // namespace tribunal
