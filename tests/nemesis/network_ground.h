// A cell of small peers on which the network faults are tried, and what every trial expects of a
// receipt.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "nemesis/network/link_meter.h"

namespace tribunal {

class NetworkGround {
 public:
  explicit NetworkGround(Cluster& cluster);

  Ground& ground() { return ground_; }
  Cluster& cluster() { return cluster_; }
  std::set<std::string> leaders = {"n2"};

  // Whether `host` hears greetings of `source` within the next while.
  bool hears(const std::string& host, const std::string& source, Milliseconds patience);
  bool answers(const std::string& host);     // to a client
  void kill_queue(const std::string& host);  // the tool that shapes packets there
  LinkReading measure(const Link& link, const LinkMeasurement& measurement);

  // Planned with the first host of the cluster first, and with default options but those given.
  PlannedFault plan(const std::string& fault, const std::map<std::string, std::string>& options,
                    const std::string& target = "one", const std::string& shape = {});

 private:
  void start(Host& host);
  long heard(const std::string& host, const std::string& source);

  Cluster& cluster_;
  Activity activity_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  LinkMeter meter_;
  Ground ground_;
};

// One fault on it, from its injection to its heal.
class Trial {
 public:
  Trial(NetworkGround& ground, const PlannedFault& plan);
  void inject();          // expects it to be installed and observed
  void await_exercise();  // expects it to be exercised within 10 s
  void heal();            // expects it to be exercised, healed and seen to be healed

  Receipt receipt;
  Fault& fault() { return *fault_; }

 private:
  Ground& ground_;
  std::unique_ptr<Fault> fault_;
};

}  // namespace tribunal
