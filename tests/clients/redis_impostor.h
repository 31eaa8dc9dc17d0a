// A TCP server on 127.0.0.1 that reads whole Redis commands and then answers with whatever bytes it
// was told, or worse. It keeps what reached it, so that a test can say that a command came once.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "clients/redis/connection.h"
#include "tests/clients/misbehaving_server.h"

namespace tribunal {

class RedisImpostor {
 public:
  // `reply` gets the number of the command, from 0, in the order of arrival, and the command.
  using Script = std::function<Reply(std::size_t number, const RedisCommand& command)>;
  // Listens on `socket`, or on a port that nobody else has.
  explicit RedisImpostor(Script reply, Socket socket = bound_socket());

  const std::string& address() const { return address_; }
  std::size_t connections() const { return connections_; }
  std::vector<RedisCommand> commands() const;        // in order of arrival
  std::size_t await(std::size_t wanted) const;       // how many arrived, once that many have
  std::size_t count(const std::string& name) const;  // of the commands of that name

 private:
  void accept_all(const std::stop_token& stop);
  void converse(const std::stop_token& stop, Socket peer);

  Script script_;
  Socket listener_;
  std::string address_;
  std::atomic<std::size_t> connections_{0};
  mutable std::mutex mutex_;
  std::vector<RedisCommand> commands_;     // guarded by mutex_
  std::list<std::jthread> conversations_;  // of the accepting thread alone, until it has ended
  std::jthread acceptor_;
};

// Two free ports of 127.0.0.1, the second of which is where a client looks for the Sentinel of the
// first.
struct PortPair {
  Socket server, sentinel;
};
PortPair bound_pair();

// "$5\r\nhello\r\n", and a list of such.
std::string bulk(const std::string& text);
std::string bulks(const std::vector<std::string>& texts);

}  // namespace tribunal
