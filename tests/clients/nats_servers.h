// Real NATS servers in a cluster on free ports of 127.0.0.1, with a directory of their own; gone
// with their owner, and with the test should that die first.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tribunal {

class NatsServers {
 public:
  // Why none can be had on this machine; empty: they can.
  static std::string missing();

  // Starts so many and waits until the streams of `replicas` can be made; throws if they cannot.
  NatsServers(std::size_t count, const std::string& replicas);
  ~NatsServers();
  NatsServers(const NatsServers&) = delete;
  NatsServers& operator=(const NatsServers&) = delete;

  const std::string& address(std::size_t server) const { return addresses_[server]; }
  std::size_t size() const { return addresses_.size(); }
  void kill(std::size_t server);   // SIGKILL, and waits for its end
  void start(std::size_t server);  // on the data that it had

 private:
  std::filesystem::path folder_;
  std::vector<std::string> addresses_;  // "127.0.0.1:40123"
  std::vector<pid_t> pids_;
};

}  // namespace tribunal
