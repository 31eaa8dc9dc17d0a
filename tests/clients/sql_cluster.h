// A SQL database on every host of a cell, with whoever operates it.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <map>
#include <string>
#include <thread>

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"
#include "tests/clients/attempt.h"

namespace tribunal {

class SqlCluster {
 public:
  SqlCluster(Cluster& cluster, Database database, const std::map<std::string, std::string>& options)
      : cluster_(cluster), database_(std::move(database)) {
    std::tie(deployment_.binary, deployment_.version) = database_.find("");
    for (const DatabaseOption& option : database_.options)
      deployment_.options[option.name] = option.values.front();
    for (const auto& [name, value] : options) deployment_.options.at(name) = value;
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      deployment_.hosts.push_back(cluster.host(i).name());
      deployment_.addresses.push_back(cluster.host(i).address());
    }
    deployment_.call_timeout = Milliseconds(10'000);  // for slow machines
    cluster.start_database = [this](Host& host) { database_.start(host, deployment_); };
    for (std::size_t i = 0; i < cluster.size(); ++i) start(i);
    if (database_.form) database_.form(cluster, deployment_);
    for (std::size_t i = 0; i < cluster.size(); ++i) EXPECT_TRUE(ready(i)) << i;
    if (!database_.supervise) return;
    operator_ = std::jthread(
        [this](const std::stop_token& stop) { database_.supervise(cluster_, deployment_, stop); });
  }

  Deployment& deployment() { return deployment_; }
  void start(std::size_t i) { cluster_.start_database(cluster_.host(i)); }
  bool ready(std::size_t i) {
    return database_.ready(cluster_.host(i), deployment_, Milliseconds(120'000));
  }
  std::string role(std::size_t i) { return database_.role(cluster_.host(i), deployment_); }
  bool comes_to_be(std::size_t i, const std::string& wanted) {
    return eventually([&] { return role(i) == wanted; });
  }
  void signal(std::size_t i, int which) { cluster_.host(i).signal_all(which); }
  void kill(std::size_t i) {
    signal(i, SIGKILL);
    EXPECT_TRUE(eventually([&] {
      for (const Process& process : cluster_.host(i).processes())
        if (process.state != 'Z' && process.state != 'X') return false;
      return true;
    }));
  }

  std::unique_ptr<Client> client(std::size_t i) { return client_at(cluster_.host(i).address()); }
  std::unique_ptr<Client> client_at(const std::string& address) {
    return database_.connect(address, deployment_);
  }
  Attempt call(std::size_t i, const Call& call) { return attempt(*client(i), call); }

  template <class Condition>
  static bool eventually(const Condition& holds) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (!holds()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(Milliseconds(20));
    }
    return true;
  }

 private:
  Cluster& cluster_;
  const Database database_;
  Deployment deployment_;
  std::jthread operator_;  // last, since it uses the others
};

}  // namespace tribunal
