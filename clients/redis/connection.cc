#include "clients/redis/connection.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "harness/parts/client.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

constexpr int redis_port = 6379, sentinel_above = 20000;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

std::pair<std::string, std::string> host_and_port(const std::string& endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  return {endpoint.substr(0, colon), endpoint.substr(colon + 1)};
}

// Milliseconds until then, rounded up, for poll.
int left_until(RedisDeadline until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

bool await_socket(int descriptor, short events, RedisDeadline until) {
  while (true) {
    pollfd waiting{descriptor, events, 0};
    const int ready = poll(&waiting, 1, left_until(until));
    if (ready > 0) return true;
    if (ready == 0 && steady_clock::now() >= until) return false;
    if (ready < 0 && errno != EINTR) return false;
  }
}

std::string connect_words(int os_error) {
  switch (os_error) {
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

std::unique_ptr<addrinfo, FreeAddresses> resolve(const std::string& endpoint) {
  const auto [host, port] = host_and_port(endpoint);
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0 || found == nullptr)
    throw Rejected("could not resolve host");
  return std::unique_ptr<addrinfo, FreeAddresses>(found);
}

// Formatted as hiredis does, which alone knows how long it is.
std::string wire_form(const RedisCommand& command) {
  std::vector<const char*> words;
  std::vector<std::size_t> lengths;
  for (const std::string& word : command) {
    words.push_back(word.data());
    lengths.push_back(word.size());
  }
  char* formatted = nullptr;
  const int size = redisFormatCommandArgv(&formatted, static_cast<int>(words.size()), words.data(),
                                          lengths.data());
  if (size < 0) throw std::bad_alloc();
  std::string bytes(formatted, static_cast<std::size_t>(size));
  redisFreeCommand(formatted);
  return bytes;
}

}  // namespace

void RedisConnection::Reader::operator()(redisReader* reader) const { redisReaderFree(reader); }

RedisConnection::RedisConnection(const std::string& address, Access access)
    : address_(redis_endpoint(address)), access_(std::move(access)) {}

RedisConnection::RedisConnection(RedisConnection&& other) noexcept
    : address_(std::move(other.address_)),
      access_(std::move(other.access_)),
      socket_(std::exchange(other.socket_, -1)),
      reader_(std::move(other.reader_)) {}

RedisConnection::~RedisConnection() { close(); }

void RedisConnection::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  reader_.reset();
}

bool RedisConnection::usable() {
  if (socket_ < 0) return false;
  char byte = 0;
  const ssize_t seen = recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  const bool silent = seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (silent && reader_->pos == reader_->len) return true;
  close();
  return false;
}

void RedisConnection::open(RedisDeadline until) {
  close();
  if (access_.tls) throw Rejected("the client of Redis does not speak TLS");
  const auto found = resolve(address_);
  socket_ = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (socket_ < 0) throw Rejected("out of sockets");
  const int yes = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(socket_, found->ai_addr, found->ai_addrlen) != 0) {
    int problem = errno;
    if (problem == EINPROGRESS) {
      if (!await_socket(socket_, POLLOUT, until)) {
        close();
        throw Rejected("no connection in time");
      }
      socklen_t size = sizeof problem;
      getsockopt(socket_, SOL_SOCKET, SO_ERROR, &problem, &size);
    }
    if (problem != 0) {
      close();
      throw Rejected(connect_words(problem));
    }
  }
  reader_.reset(redisReaderCreate());
  if (access_.password.empty()) return;
  RedisCommand login = {"AUTH"};
  if (!access_.user.empty()) login.push_back(access_.user);
  login.push_back(access_.password);
  const RedisExchange let_in = ask(login, until);
  if (let_in.end == RedisEnd::answered && !let_in.reply.is_error()) return;
  close();
  throw Rejected("the server does not take the password");
}

RedisEnd RedisConnection::send_all(const RedisCommand& command, RedisDeadline until,
                                   RedisExchange& exchange) {
  const std::string bytes = wire_form(command);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t n = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n > 0) {
      sent += static_cast<std::size_t>(n);
      exchange.may_have_left = true;
    } else if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
      if (!await_socket(socket_, POLLOUT, until)) return RedisEnd::late;
    } else if (n < 0 && errno != EINTR) {
      return RedisEnd::reset;
    }
  }
  return RedisEnd::answered;
}

RedisEnd RedisConnection::receive(RedisDeadline until, RedisReply& reply) {
  while (true) {
    void* parsed = nullptr;
    if (redisReaderGetReply(reader_.get(), &parsed) != REDIS_OK) return RedisEnd::garbled;
    if (parsed != nullptr) {
      reply = copy_of(*static_cast<redisReply*>(parsed));
      freeReplyObject(parsed);
      return RedisEnd::answered;
    }
    char bytes[16384];
    const ssize_t n = recv(socket_, bytes, sizeof bytes, 0);
    if (n > 0) {
      if (redisReaderFeed(reader_.get(), bytes, static_cast<std::size_t>(n)) != REDIS_OK)
        return RedisEnd::garbled;
      // Bytes that drip in for ever must not keep the call for ever.
      if (steady_clock::now() >= until) return RedisEnd::late;
    } else if (n == 0) {
      return RedisEnd::closed;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!await_socket(socket_, POLLIN, until)) return RedisEnd::late;
    } else if (errno != EINTR) {
      return RedisEnd::reset;
    }
  }
}

RedisExchange RedisConnection::ask(const RedisCommand& command, RedisDeadline until) {
  RedisExchange exchange;
  exchange.end = send_all(command, until, exchange);
  if (exchange.end == RedisEnd::answered) exchange.end = receive(until, exchange.reply);
  if (exchange.end != RedisEnd::answered) close();
  return exchange;
}

std::string redis_endpoint(const std::string& address) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, redis_port)
                                                : address;
}

std::string sentinel_endpoint(const std::string& address) {
  const auto [host, port] = host_and_port(redis_endpoint(address));
  return fmt::format("{}:{}", host, std::stoi(port) + sentinel_above);
}

}  // namespace tribunal
