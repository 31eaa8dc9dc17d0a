#include "tests/clients/misbehaving_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <optional>
#include <stdexcept>

namespace tribunal {
namespace {

// Waits for input for a moment, so that a stop is seen soon.
bool readable(const Socket& socket) {
  pollfd waiting{socket.get(), POLLIN, 0};
  return poll(&waiting, 1, 20) > 0;
}

bool send_all(const Socket& peer, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(peer.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

// The body of a request if `bytes` begins with a whole one, which is then taken off.
std::optional<std::string> take_request(std::string& bytes) {
  const std::size_t end = bytes.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const std::size_t field = bytes.find("Content-Length: ");
  if (field == std::string::npos || field > end)
    throw std::runtime_error("a request without a length");
  const std::size_t length = std::stoul(bytes.substr(field + 16));
  if (bytes.size() < end + 4 + length) return std::nullopt;
  std::string body = bytes.substr(end + 4, length);
  bytes.erase(0, end + 4 + length);
  return body;
}

void reset_on_close(const Socket& peer) {
  const linger at_once{1, 0};
  setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) close(descriptor_);
}

Socket bound_socket() {
  Socket result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("no free port");
  }
  return result;
}

std::string address_of(const Socket& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
}

MisbehavingServer::MisbehavingServer(Script reply)
    : script_(std::move(reply)), listener_(bound_socket()), address_(address_of(listener_)) {
  listen(listener_.get(), 16);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

MisbehavingServer::~MisbehavingServer() {
  acceptor_.request_stop();
  acceptor_.join();
}

std::vector<std::string> MisbehavingServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void MisbehavingServer::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!readable(listener_)) continue;
    const int descriptor = accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    ++connections_;
    conversations_.emplace_back(
        [this, descriptor](const std::stop_token& end) { converse(end, Socket(descriptor)); });
  }
  conversations_.clear();  // stops and joins each
}

void MisbehavingServer::converse(const std::stop_token& stop, Socket peer) {
  std::string bytes;
  while (!stop.stop_requested()) {
    while (auto request = take_request(bytes)) {
      std::size_t number = 0;
      {
        const std::lock_guard lock(mutex_);
        number = requests_.size();
        requests_.push_back(*request);
      }
      if (!answer(stop, peer, script_(number))) return;
    }
    if (!readable(peer)) continue;
    char chunk[4096];
    const ssize_t n = recv(peer.get(), chunk, sizeof chunk, 0);
    if (n <= 0) return;
    bytes.append(chunk, static_cast<std::size_t>(n));
  }
}

bool MisbehavingServer::answer(const std::stop_token& stop, const Socket& peer,
                               const Reply& reply) {
  if (!send_all(peer, reply.bytes)) return false;
  while (!reply.drip.empty() && !stop.stop_requested()) {
    if (!send_all(peer, reply.drip)) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (reply.then == Then::reset) reset_on_close(peer);
  return reply.then == Then::keep_open;
}

std::string http(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

}  // namespace tribunal
