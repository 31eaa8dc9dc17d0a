// A TCP server on 127.0.0.1 that reads whole HTTP requests and then answers with whatever bytes it
// was told, or worse. It counts what reached it, so that a test can say that a request came once.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace tribunal {

// A socket that closes with its owner.
class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&&) = delete;
  ~Socket();
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// A socket bound to a port of 127.0.0.1 that nobody else has; until it listens, a connect is
// refused.
Socket bound_socket();
std::string address_of(const Socket& socket);  // "127.0.0.1:40123"

enum class Then { keep_open, close, reset };

struct Reply {
  std::string bytes;
  Then then = Then::keep_open;
  std::string drip{};  // sent after `bytes`, over and over, 10 ms apart, until the peer is gone
};

class MisbehavingServer {
 public:
  // `reply` gets the number of the request, from 0, in the order of arrival.
  using Script = std::function<Reply(std::size_t request)>;
  explicit MisbehavingServer(Script reply);
  ~MisbehavingServer();

  const std::string& address() const { return address_; }
  std::size_t connections() const { return connections_; }
  std::vector<std::string> requests() const;  // bodies, in order of arrival

 private:
  void accept_all(const std::stop_token& stop);
  void converse(const std::stop_token& stop, Socket peer);
  bool answer(const std::stop_token& stop, const Socket& peer, const Reply& reply);

  Script script_;
  Socket listener_;
  std::string address_;
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;      // guarded by mutex_
  std::list<std::jthread> conversations_;  // of the accepting thread alone, until it has ended
  std::jthread acceptor_;
};

// "HTTP/1.1 <status>" with this body and its length.
std::string http(const std::string& status, const std::string& body);

}  // namespace tribunal
