#include "tests/clients/redis_impostor.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>

namespace tribunal {
namespace {

// Waits for input for a moment, so that a stop is seen soon.
bool has_input(const Socket& socket) {
  pollfd waiting{socket.get(), POLLIN, 0};
  return poll(&waiting, 1, 20) > 0;
}

bool give(const Socket& peer, const std::string& bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(peer.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

// False once the conversation is over.
bool act_out(const std::stop_token& stop, const Socket& peer, const Reply& reply) {
  if (!give(peer, reply.bytes)) return false;
  while (!reply.drip.empty() && !stop.stop_requested()) {
    if (!give(peer, reply.drip)) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  if (reply.then == Then::reset) {
    const linger at_once{1, 0};
    setsockopt(peer.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  return reply.then == Then::keep_open;
}

std::optional<Socket> bound_to(int port) {
  Socket result(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(result.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return std::nullopt;
  return result;
}

}  // namespace

RedisImpostor::RedisImpostor(Script reply, Socket socket)
    : script_(std::move(reply)), listener_(std::move(socket)), address_(address_of(listener_)) {
  if (listen(listener_.get(), 16) != 0) throw std::runtime_error("cannot listen");
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

std::vector<RedisCommand> RedisImpostor::commands() const {
  const std::scoped_lock lock(mutex_);
  return commands_;
}

std::size_t RedisImpostor::await(std::size_t wanted) const {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (commands().size() < wanted && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return commands().size();
}

std::size_t RedisImpostor::count(const std::string& name) const {
  const auto all = commands();
  return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const RedisCommand& one) { return one.front() == name; }));
}

void RedisImpostor::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!has_input(listener_)) continue;
    Socket peer(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer.get() < 0) continue;
    ++connections_;
    conversations_.emplace_back(
        [this, taken = std::move(peer)](const std::stop_token& ended) mutable {
          converse(ended, std::move(taken));
        });
  }
  conversations_.clear();  // stops and joins each
}

void RedisImpostor::converse(const std::stop_token& stop, Socket peer) {
  const std::unique_ptr<redisReader, void (*)(redisReader*)> reader(redisReaderCreate(),
                                                                    redisReaderFree);
  while (!stop.stop_requested()) {
    void* parsed = nullptr;
    if (redisReaderGetReply(reader.get(), &parsed) != REDIS_OK) return;
    if (parsed != nullptr) {
      const RedisCommand command = texts_in(copy_of(*static_cast<redisReply*>(parsed)));
      freeReplyObject(parsed);
      Reply reply;
      {
        const std::scoped_lock lock(mutex_);
        commands_.push_back(command);
        reply = script_(commands_.size() - 1, command);
      }
      if (!act_out(stop, peer, reply)) return;
      continue;
    }
    if (!has_input(peer)) continue;
    char bytes[4096];
    const ssize_t n = recv(peer.get(), bytes, sizeof bytes, 0);
    if (n <= 0) return;
    redisReaderFeed(reader.get(), bytes, static_cast<std::size_t>(n));
  }
}

PortPair bound_pair() {
  for (int port = 20100; port < 30000; port += 7) {
    auto server = bound_to(port), sentinel = bound_to(port + 20000);
    if (server && sentinel) return {std::move(*server), std::move(*sentinel)};
  }
  throw std::runtime_error("no two ports of 127.0.0.1 are free");
}

std::string bulk(const std::string& text) {
  return fmt::format("${}\r\n{}\r\n", text.size(), text);
}

std::string bulks(const std::vector<std::string>& texts) {
  std::string all = fmt::format("*{}\r\n", texts.size());
  for (const std::string& text : texts) all += bulk(text);
  return all;
}

}  // namespace tribunal
