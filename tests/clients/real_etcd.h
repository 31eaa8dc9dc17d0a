// A single real etcd on free ports of 127.0.0.1, with a directory of its own; gone with its owner,
// and with the test should that die first.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tribunal {

class RealEtcd {
 public:
  // Where the server is on this machine; empty: nowhere, and the test is to be skipped.
  static std::string binary();

  // Starts it and waits until it answers; throws if it does not.
  explicit RealEtcd(std::vector<std::string> more_flags = {});
  ~RealEtcd();

  const std::string& address() const { return address_; }  // "127.0.0.1:40123"
  void kill();                                             // SIGKILL, and waits for its end
  void start();                                            // again, on the same data
  void freeze();                                           // SIGSTOP
  void thaw();

 private:
  void clear();

  std::filesystem::path folder_;
  std::string address_, peer_;
  std::vector<std::string> more_flags_;
  pid_t pid_ = -1;
};

}  // namespace tribunal
