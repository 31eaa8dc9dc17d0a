#include "clients/nats/tcp_stream.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "harness/parts/client.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

struct FreeTcpAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK; }

bool await_tcp(int descriptor, short events, NatsDeadline until) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{descriptor, events, 0};
    if (poll(&waiting, 1, static_cast<int>(left.count())) > 0) return true;
  }
}

const char* tcp_words(int problem) {
  switch (problem) {
    case ECONNREFUSED:
      return "connection refused";
    case EHOSTUNREACH:
      return "no route to host";
    case ENETUNREACH:
      return "network is unreachable";
    default:
      return "could not connect";
  }
}

std::unique_ptr<addrinfo, FreeTcpAddresses> tcp_addresses(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  if (getaddrinfo(endpoint.substr(0, colon).c_str(), endpoint.substr(colon + 1).c_str(), &hints,
                  &found) != 0 ||
      found == nullptr)
    throw Rejected("could not resolve host");
  return std::unique_ptr<addrinfo, FreeTcpAddresses>(found);
}

// What a connect came to: an errno, or 0.
int connect_tcp(int descriptor, const addrinfo& to, NatsDeadline until) {
  if (connect(descriptor, to.ai_addr, to.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  if (!await_tcp(descriptor, POLLOUT, until)) return ETIMEDOUT;
  int problem = 0;
  socklen_t size = sizeof problem;
  getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size);
  return problem;
}

}  // namespace

TcpStream::TcpStream(TcpStream&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}

void TcpStream::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void TcpStream::open(const std::string& endpoint, NatsDeadline until) {
  close();
  const auto found = tcp_addresses(endpoint);
  socket_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw Rejected("out of sockets");
  const int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  const int problem = connect_tcp(socket_, *found, until);
  if (problem == 0) return;
  close();
  throw Rejected(problem == ETIMEDOUT ? "no connection in time" : tcp_words(problem));
}

NatsEnd TcpStream::send_all(std::string_view bytes, NatsDeadline until, bool& may_have_left) {
  while (!bytes.empty()) {
    const ssize_t n = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) {
      may_have_left = true;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && would_block()) {
      if (!await_tcp(socket_, POLLOUT, until)) return NatsEnd::late;
    } else if (n < 0 && errno != EINTR) {
      return NatsEnd::reset;
    }
  }
  return NatsEnd::answered;
}

NatsEnd TcpStream::receive_now(std::string& bytes) {
  while (true) {
    char some[16384];
    const ssize_t n = recv(socket_, some, sizeof some, 0);
    if (n > 0) {
      bytes.append(some, static_cast<std::size_t>(n));
      return NatsEnd::answered;
    }
    if (n == 0) return NatsEnd::closed;
    if (would_block()) return NatsEnd::late;
    if (errno != EINTR) return NatsEnd::reset;
  }
}

NatsEnd TcpStream::receive(std::string& bytes, NatsDeadline until) {
  while (true) {
    // Bytes that drip in for ever must not keep a call for ever.
    if (steady_clock::now() >= until) return NatsEnd::late;
    const NatsEnd end = receive_now(bytes);
    if (end != NatsEnd::late) return end;
    if (!await_tcp(socket_, POLLIN, until)) return NatsEnd::late;
  }
}

}  // namespace tribunal
