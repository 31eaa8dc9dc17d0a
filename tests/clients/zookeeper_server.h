// A single real ZooKeeper server on a free port of 127.0.0.1, with a directory of its own; gone
// with its owner, and with the test should that die first.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace tribunal {

class ZooServer {
 public:
  // Why none can be had on this machine; empty: one can.
  static std::string missing();

  // Starts it and waits until it answers; throws if it does not.
  ZooServer();
  ~ZooServer();
  ZooServer(const ZooServer&) = delete;
  ZooServer& operator=(const ZooServer&) = delete;

  const std::string& address() const { return address_; }  // "127.0.0.1:40123"
  void kill();                                             // SIGKILL, and waits for its end
  void start();                                            // again, on the same data

 private:
  std::filesystem::path folder_;
  std::string address_;
  pid_t pid_ = -1;
};

}  // namespace tribunal
