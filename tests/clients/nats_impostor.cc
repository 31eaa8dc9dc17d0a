#include "tests/clients/nats_impostor.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <sstream>

namespace tribunal {
namespace {

bool has_bytes(const Socket& socket) {
  pollfd waiting{socket.get(), POLLIN, 0};
  return poll(&waiting, 1, 20) > 0;
}

bool say(const Socket& peer, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(peer.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

// False once the conversation is over.
bool play(const std::stop_token& stop, const Socket& peer, const Reply& reply) {
  if (!say(peer, reply.bytes)) return false;
  while (!reply.drip.empty() && !stop.stop_requested()) {
    if (!say(peer, reply.drip)) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (reply.then == Then::reset) {
    const linger at_once{1, 0};
    setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  return reply.then == Then::keep_open;
}

}  // namespace

NatsImpostor::NatsImpostor(Script reply, std::string greeting, std::string pong)
    : script_(std::move(reply)),
      greeting_(std::move(greeting)),
      pong_(std::move(pong)),
      listener_(bound_socket()),
      address_(address_of(listener_)) {
  listen(listener_.get(), 16);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

std::vector<NatsPublished> NatsImpostor::published() const {
  const std::scoped_lock lock(mutex_);
  return published_;
}

std::size_t NatsImpostor::await(const std::string& subject, std::size_t wanted) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (true) {
    const auto all = published();
    const auto count = static_cast<std::size_t>(std::count_if(
        all.begin(), all.end(), [&](const NatsPublished& one) { return one.subject == subject; }));
    if (count >= wanted || std::chrono::steady_clock::now() >= until) return count;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void NatsImpostor::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!has_bytes(listener_)) continue;
    Socket peer(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.get() < 0) continue;
    ++connections_;
    conversations_.emplace_back(
        [this, taken = std::move(peer)](const std::stop_token& ended) { converse(ended, taken); });
  }
  conversations_.clear();  // stops and joins each
}

void NatsImpostor::converse(const std::stop_token& stop, const Socket& peer) {
  if (!say(peer, greeting_)) return;
  std::string bytes;
  bool over = false;
  while (!stop.stop_requested() && !over) {
    if (take_line(stop, peer, bytes, over)) continue;
    if (!has_bytes(peer)) continue;
    char some[4096];
    const ssize_t n = recv(peer.get(), some, sizeof some, 0);
    if (n <= 0) return;
    bytes.append(some, static_cast<std::size_t>(n));
  }
}

// Whether there was a whole one.
bool NatsImpostor::take_line(const std::stop_token& stop, const Socket& peer, std::string& bytes,
                             bool& over) {
  const std::size_t end = bytes.find("\r\n");
  if (end == std::string::npos) return false;
  std::istringstream line(bytes.substr(0, end));
  std::string word;
  line >> word;
  std::size_t used = end + 2;
  if (word == "PUB" || word == "HPUB") {
    NatsPublished one;
    std::size_t head = 0, all = 0;
    line >> one.subject >> one.reply;
    if (word == "HPUB") line >> head;
    line >> all;
    if (bytes.size() < used + all + 2) return false;
    one.headers = bytes.substr(used, head);
    one.payload = bytes.substr(used + head, all - head);
    used += all + 2;
    Reply reply;
    {
      const std::scoped_lock lock(mutex_);
      published_.push_back(one);
      reply = script_(one);
    }
    over = !play(stop, peer, reply);
  }
  if (word == "PING") over = !say(peer, pong_);
  if (word == "PONG") ++pongs_;
  bytes.erase(0, used);
  return true;
}

std::string nats_answer(const NatsPublished& to, const std::string& payload) {
  return fmt::format("MSG {} 1 {}\r\n{}\r\n", to.reply, payload.size(), payload);
}

std::string nats_status(const NatsPublished& to, const std::string& status) {
  const std::string head = fmt::format("NATS/1.0 {}\r\n\r\n", status);
  return fmt::format("HMSG {} 1 {} {}\r\n{}\r\n", to.reply, head.size(), head.size(), head);
}

}  // namespace tribunal
