// A TCP server on 127.0.0.1 that greets like a NATS server, reads what is published, and then
// answers with whatever bytes it was told, or worse. It keeps what reached it, so that a test can
// say that a request came once.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/clients/misbehaving_server.h"

namespace tribunal {

struct NatsPublished {
  std::string subject, reply, headers, payload;
};

class NatsImpostor {
 public:
  // `reply` gets what was published.
  using Script = std::function<Reply(const NatsPublished&)>;
  // `greeting`: what it says to whoever connects; `pong`: what it answers the first ping.
  explicit NatsImpostor(Script reply, std::string greeting = "INFO {\"server_name\":\"n1\"}\r\n",
                        std::string pong = "PONG\r\n");

  const std::string& address() const { return address_; }
  std::size_t connections() const { return connections_; }
  std::vector<NatsPublished> published() const;
  // How many arrived on that subject, once that many have, or 20 s are over.
  std::size_t await(const std::string& subject, std::size_t wanted) const;
  std::size_t pongs() const { return pongs_; }  // of clients

 private:
  void accept_all(const std::stop_token& stop);
  void converse(const std::stop_token& stop, const Socket& peer);
  bool take_line(const std::stop_token& stop, const Socket& peer, std::string& bytes, bool& over);

  Script script_;
  std::string greeting_, pong_;
  Socket listener_;
  std::string address_;
  std::atomic<std::size_t> connections_{0}, pongs_{0};
  mutable std::mutex mutex_;
  std::vector<NatsPublished> published_;   // guarded by mutex_
  std::list<std::jthread> conversations_;  // of the accepting thread alone, until it has ended
  std::jthread acceptor_;
};

// A message to whoever published, and one with headers.
std::string nats_answer(const NatsPublished& to, const std::string& payload);
std::string nats_status(const NatsPublished& to, const std::string& status);

}  // namespace tribunal
