// Stands between a client and a ZooKeeper server, reads what is asked, and has its way with one
// kind of request. It counts what reached it, so that a test can say that a request came once.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "tests/clients/misbehaving_server.h"

namespace tribunal {

// Requests, by ZooKeeper's numbers of them.
enum class ZooKind : std::int32_t {
  remove = 2,
  get = 4,
  set = 5,
  children = 8,
  sync = 9,
  create = 15
};

enum class ZooFate : std::uint8_t {
  pass,
  lose_request,  // the connection is closed, and the server never hears of it
  lose_answer,   // the server carries it out, and the connection is closed instead of its answer
  swallow        // nothing happens
};

class ZooProxy {
 public:
  explicit ZooProxy(std::string server);  // "127.0.0.1:40123"
  ~ZooProxy();

  const std::string& address() const { return address_; }
  void destine(ZooKind kind, ZooFate fate);  // from now on
  void part() { parted_ = true; }            // no connection lasts, old or new
  void join() { parted_ = false; }
  std::size_t came(ZooKind kind) const;  // how many requests of it, whatever became of them

 private:
  void serve(const std::stop_token& stop);
  void converse(const std::stop_token& stop, const Socket& client, const Socket& server);
  ZooFate note(std::int32_t kind);

  std::string server_;
  Socket listener_;
  std::string address_;
  std::atomic<bool> parted_{false};
  mutable std::mutex mutex_;
  std::map<std::int32_t, ZooFate> fates_;       // guarded by mutex_
  std::map<std::int32_t, std::size_t> counts_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace tribunal
