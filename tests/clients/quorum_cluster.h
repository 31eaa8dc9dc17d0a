// quorum on every host of a cell.
#pragma once

#include <signal.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "clients/quorum/client.h"
#include "clients/quorum/deploy.h"
#include "tests/clients/attempt.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {

class QuorumCluster {
 public:
  QuorumCluster(Cluster& cluster, const std::map<std::string, std::string>& options)
      : cluster_(cluster) {
    std::tie(deployment_.binary, deployment_.version) = database_.find("");
    for (const DatabaseOption& option : database_.options)
      deployment_.options[option.name] = option.values.front();
    for (const auto& [name, value] : options) deployment_.options.at(name) = value;
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      deployment_.hosts.push_back(cluster.host(i).name());
      deployment_.addresses.push_back(cluster.host(i).address());
    }
    for (std::size_t i = 0; i < cluster.size(); ++i) start(i);
    for (std::size_t i = 0; i < cluster.size(); ++i) EXPECT_TRUE(ready(i)) << i;
  }

  void start(std::size_t i) { database_.start(cluster_.host(i), deployment_); }
  bool ready(std::size_t i, Milliseconds deadline = Milliseconds(10'000)) {
    return database_.ready(cluster_.host(i), deployment_, deadline);
  }
  std::string role(std::size_t i) { return database_.role(cluster_.host(i), deployment_); }
  std::optional<Applied> applied(std::size_t i) {
    return database_.applied(cluster_.host(i), deployment_);
  }
  void signal(std::size_t i, int which) { cluster_.host(i).signal_all(which); }
  void kill(std::size_t i) {
    signal(i, SIGKILL);
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (alive(i) && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(Milliseconds(5));
  }

  std::unique_ptr<Client> client(std::size_t i) {
    return connect_quorum(cluster_.host(i).address(), deployment_);
  }
  Attempt call(std::size_t i, const Call& call) { return attempt(*client(i), call); }

  // nullopt: nothing there. Fails the test unless the read is ok.
  std::optional<Int> read(std::size_t i, Key key) {
    const Attempt result = call(i, Read{key});
    EXPECT_EQ(result, (Attempt{Outcome::ok, ""}));
    return std::get<Read>(result.call).value;
  }
  // Whether the node comes to read as this.
  bool reads(std::size_t i, Key key, std::optional<Int> value) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (std::chrono::steady_clock::now() < until) {
      const Attempt result = call(i, Read{key});
      if (result.outcome == Outcome::ok && std::get<Read>(result.call).value == value) return true;
      std::this_thread::sleep_for(Milliseconds(10));
    }
    return false;
  }

 private:
  bool alive(std::size_t i) {
    for (const Process& process : cluster_.host(i).processes())
      if (process.state != 'Z' && process.state != 'X') return true;
    return false;
  }

  Cluster& cluster_;
  const Database database_ = quorum();
  Deployment deployment_;
};

}  // namespace tribunal
