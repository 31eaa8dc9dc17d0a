// A cell of programs that end, spin or fill memory as a test wants it, and one fault on them.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/parts/catalogue.h"
#include "harness/parts/fault.h"
#include "nemesis/catalogue.h"

namespace tribunal {

class ProcessGround {
 public:
  // Each host runs `command`, or the peer program if that is empty.
  explicit ProcessGround(Cluster& cluster, std::vector<std::string> command = {});

  Ground& ground() { return ground_; }
  Cluster& cluster() { return cluster_; }
  // What the workers would have met there.
  HostActivity& activity(const std::string& host);

  int pid(const std::string& host);  // of what runs there; 0: nothing
  bool answers(const std::string& host);
  double seconds_used(const std::string& host);  // of a processor, by what runs there now

 private:
  void start(Host& host);

  Cluster& cluster_;
  const std::vector<std::string> command_;
  Activity activity_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  Ground ground_;
};

// A planned fault with the defaults of its options, but those given.
PlannedFault process_plan(const std::string& fault, const std::string& target,
                          std::vector<std::string> order,
                          const std::map<std::string, std::string>& options = {});

// One fault, step by step; each step expects that nothing failed unless it is told.
class ProcessTrial {
 public:
  ProcessTrial(ProcessGround& ground, const PlannedFault& plan);
  void inject();
  void inject_in_vain(const std::string& words);  // it fails with these words and installs nothing
  bool exercised();                               // looks, and says whether it was
  bool exercised_within(std::chrono::seconds patience);
  void heal();
  void heal_in_vain(const std::string& words);

  Receipt receipt;

 private:
  ProcessGround& ground_;
  std::unique_ptr<Fault> fault_;
};

}  // namespace tribunal
