// A database of two dozen lines whose members come and go, on hosts that run a sleeping program: a
// test decides what its nodes see, refuse and forget.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "harness/parts/fault.h"

namespace tribunal {

class DatabaseGround {
 public:
  explicit DatabaseGround(Cluster& cluster);

  Ground& ground() { return ground_; }
  HostActivity& activity(const std::string& host);
  void kill(const std::string& host);
  bool runs(const std::string& host);
  MemberView members();
  std::set<std::string> wiped();  // hosts whose data have been deleted

  // What a test makes of it. Called with nothing locked.
  std::function<void()> before_removal = [] {};                 // throws to refuse
  std::function<bool()> forget_removal = [] { return false; };  // says yes and does nothing
  bool refuses_old_data = true;

 private:
  void start(Host& host);
  bool is_member(const std::string& host);

  Cluster& cluster_;
  Activity activity_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  MemberView members_;                       // guarded by mutex_
  std::map<std::string, std::string> data_;  // identity that each host's data is of; guarded
  std::set<std::string> wiped_;              // guarded by mutex_
  int last_ = 0;                             // guarded by mutex_
  Ground ground_;
};

}  // namespace tribunal
