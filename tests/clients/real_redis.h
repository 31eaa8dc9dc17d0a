// A single real redis-server on a free port of 127.0.0.1, with a directory of its own; gone with
// its owner, and with the test should that die first.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tribunal {

class RealRedis {
 public:
  // Where the server is on this machine; empty: nowhere, and the test is to be skipped.
  static std::string binary();

  // Starts it and waits until it answers; throws if it does not. `more`: "--replicaof 127.0.0.1 1".
  explicit RealRedis(std::vector<std::string> more = {});
  ~RealRedis();
  RealRedis(const RealRedis&) = delete;
  RealRedis& operator=(const RealRedis&) = delete;

  const std::string& address() const { return address_; }  // "127.0.0.1:40123"
  // Of which the folder "redis" is its own.
  const std::filesystem::path& folder() const { return folder_; }
  std::string port() const { return address_.substr(address_.rfind(':') + 1); }
  void kill();    // SIGKILL, and waits for its end
  void start();   // again, on the same data
  void freeze();  // SIGSTOP
  void thaw();

 private:
  std::filesystem::path folder_;
  std::string address_;
  std::vector<std::string> more_;
  pid_t pid_ = -1;
};

}  // namespace tribunal
