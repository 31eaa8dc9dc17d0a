// One connection to one Redis server, in the words of hiredis. It promises what hiredis alone does
// not: a deadline for the whole of an exchange, and to know whether any of a command may have left.
// It never connects again by itself, and never sends a command twice.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "clients/redis/reply.h"
#include "harness/parts/access.h"

struct redisReader;

namespace tribunal {

using RedisCommand = std::vector<std::string>;  // {"SET", "register:3", "17"}
using RedisDeadline = std::chrono::steady_clock::time_point;

// How an exchange ended.
enum class RedisEnd : std::uint8_t {
  answered,  // `reply` is whole; it may be an error
  late,      // no whole answer by the deadline
  closed,    // the server closed the connection
  reset,     // the connection broke
  garbled    // what came is not the protocol
};

struct RedisExchange {
  RedisEnd end = RedisEnd::answered;
  bool may_have_left = false;  // false: certainly not one byte of the command was sent
  RedisReply reply;
};

// Used by one thread.
class RedisConnection {
 public:
  // `address`: "10.0.0.1", where port 6379 is meant, or "10.0.0.1:7000". Does not connect.
  explicit RedisConnection(const std::string& address, Access access = {});
  ~RedisConnection();
  RedisConnection(RedisConnection&&) noexcept;
  RedisConnection& operator=(RedisConnection&&) = delete;

  const std::string& address() const { return address_; }  // with its port

  // Whether a command can be sent: connected, not closed by the server since, and nothing has come
  // that nobody asked for, which could pass for the next answer. Closes what cannot be used.
  bool usable();

  // Connects and gives the password, if there is one. Throws Rejected with why that was not to be
  // had by the deadline: nothing of any call was sent.
  void open(RedisDeadline until);

  // Sends one command and waits for its answer. Closes the connection unless it was answered.
  // pre: usable
  RedisExchange ask(const RedisCommand& command, RedisDeadline until);

  void close();

 private:
  struct Reader {
    void operator()(redisReader* reader) const;
  };

  RedisEnd send_all(const RedisCommand& command, RedisDeadline until, RedisExchange& exchange);
  RedisEnd receive(RedisDeadline until, RedisReply& reply);

  std::string address_;
  Access access_;
  int socket_ = -1;
  std::unique_ptr<redisReader, Reader> reader_;
};

// "10.0.0.1" -> "10.0.0.1:6379"; an address with a port is left as it is.
std::string redis_endpoint(const std::string& address);
// The Sentinel beside that server: 20000 ports above it, so 26379 for 6379.
std::string sentinel_endpoint(const std::string& address);

}  // namespace tribunal
