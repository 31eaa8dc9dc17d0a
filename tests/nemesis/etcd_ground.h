// A real etcd cluster in a cell, with one client that writes all the time.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "harness/parts/database.h"
#include "harness/parts/fault.h"

namespace tribunal {

class EtcdGround {
 public:
  static std::string why_not();  // empty: there is an etcd

  explicit EtcdGround(Cluster& cluster);

  Ground& ground() { return ground_; }
  const Database& database() const { return database_; }
  const Deployment& deployment() const { return deployment_; }

  // Writes and reads back, by way of that host.
  bool serves(const std::string& host);

 private:
  void work(std::stop_token stop);

  Cluster& cluster_;
  const Database database_;
  Deployment deployment_;
  Activity activity_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Ground ground_;
  std::jthread worker_;
};

}  // namespace tribunal
