// A TCP wire to a server that loses what it is told to: the moment at which a client knows least.
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "tests/clients/misbehaving_server.h"

namespace tribunal {

enum class Loss {
  request,  // it never reaches the server, and the connection ends
  answer,   // the server gets it and answers, and the connection ends instead
  silence,  // the server gets it, and nothing comes back any more
};

class LossyWire {
 public:
  LossyWire(std::string host, std::uint16_t port);
  ~LossyWire();

  const std::string& address() const { return address_; }
  // Of the next packet from a client that has `words` in it, and of that one only.
  void lose(Loss what, const std::string& words);
  // How often packets with `words` have reached the server.
  std::size_t delivered(const std::string& words) const;

 private:
  void accept_all(const std::stop_token& stop);
  void carry(const std::stop_token& stop, const Socket& client, const Socket& server);
  bool pass_on(const Socket& from, const Socket& to, bool& answers_pass);

  const std::string host_;
  const std::uint16_t port_;
  Socket listener_;
  std::string address_;
  mutable std::mutex mutex_;
  std::string words_;                      // to look for; guarded by mutex_
  Loss loss_ = Loss::request;              // guarded by mutex_
  std::string sent_;                       // all that reached the server; guarded by mutex_
  std::list<std::jthread> conversations_;  // of the accepting thread alone, until it has ended
  std::jthread acceptor_;
};

}  // namespace tribunal
