// A cluster of programs that tell their clocks, faults of clocks tried on it, and what is to be
// seen from outside.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/parts/catalogue.h"
#include "nemesis/catalogue.h"
#include "nemesis/clock/clock_motion.h"
#include "tests/nemesis/clock_teller.h"
#include "tests/nemesis/clock_units.h"

namespace tribunal {

// A program that answers ask_teller() on that port.
using TellingProgram = std::function<Daemon(int port)>;

// The teller, with a thread that sleeps until an absolute moment of that clock; "": without.
inline TellingProgram teller_waiting_for(const std::string& clock) {
  return [clock](int port) {
    std::vector<std::string> command{std::filesystem::read_symlink("/proc/self/exe"), teller_verb,
                                     std::to_string(port)};
    if (!clock.empty()) command.push_back(clock);
    return Daemon{command, {}, false};
  };
}

class ClockGround {
 public:
  // `prepared`: the kinds of faults for which the cluster is prepared before anything starts.
  explicit ClockGround(Cluster& cluster, TellingProgram program = teller_waiting_for(""),
                       const std::vector<std::string>& prepared = {})
      : cluster_(cluster), activity_(cluster.size()), program_(std::move(program)) {
    cluster.start_database = [this](Host& host) { start(host, teller_port); };
    cluster.database_ready = [](Host& host, Milliseconds) {
      ask_teller(host.address(), teller_port);
      return true;
    };
    cluster.database_role = [](Host&) { return "follower"; };
    for (const auto& kind : prepared) find(faults(), "fault", kind).prepare(cluster);
    ground_ = std::make_unique<Ground>(Ground{cluster_,
                                              activity_,
                                              [this] {
                                                return (std::chrono::steady_clock::now() - began_) /
                                                       std::chrono::nanoseconds(1);
                                              },
                                              {},
                                              {},
                                              {}});
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      cluster.start_database(cluster.host(i));
      ask_teller(cluster.host(i).address(), teller_port);
    }
  }

  void start(Host& host, int port) { host.start(program_(port)); }
  Host& host(const std::string& name) { return cluster_.host(name); }
  Cluster& cluster() { return cluster_; }
  Ground& ground() { return *ground_; }

  PlannedFault plan(const std::string& fault, const std::map<std::string, std::string>& options) {
    PlannedFault plan;
    plan.fault = fault;
    plan.target = "one";
    for (std::size_t i = 0; i < cluster_.size(); ++i) plan.order.push_back(cluster_.host(i).name());
    for (const auto& option : find(faults(), "fault", fault).options)
      plan.options[option.name] = option.values.front();
    for (const auto& [name, value] : options) plan.options[name] = value;
    return plan;
  }

 private:
  Cluster& cluster_;
  Activity activity_;
  const TellingProgram program_;
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::unique_ptr<Ground> ground_;
};

class ClockTrial {
 public:
  ClockTrial(ClockGround& ground, const PlannedFault& plan)
      : ground_(ground), fault_(find(faults(), "fault", plan.fault).make(plan)) {
    receipt.planned = plan;
    fault_->inject(ground_.ground(), receipt);
  }
  void expect_installed(const std::string& means = "vDSO") const {
    EXPECT_EQ(receipt.failure, "");
    EXPECT_TRUE(receipt.installed && receipt.observed);
    EXPECT_EQ(receipt.means, means);
  }
  void heal() {
    fault_->exercise(ground_.ground(), receipt);
    fault_->heal(ground_.ground(), receipt);
    EXPECT_EQ(receipt.failure, "");
    EXPECT_TRUE(receipt.complete()) << receipt.observed_by << " | " << receipt.exercised_by;
  }
  Receipt receipt;

 private:
  ClockGround& ground_;
  std::unique_ptr<Fault> fault_;
};

struct Ahead {
  std::int64_t least_wall, most_wall, least_monotonic, most_monotonic;
};
inline Ahead ahead_of(const Host& host, int port = teller_port) {
  const ClockTimes earlier = true_clocks();
  const Told told = ask_teller(host.address(), port);
  const ClockTimes later = true_clocks();
  return {told.wall - later[slot_realtime], told.wall - earlier[slot_realtime],
          told.monotonic - later[slot_monotonic], told.monotonic - earlier[slot_monotonic]};
}

inline void expect_wall_ahead(const Ahead& ahead, std::int64_t by) {
  EXPECT_LE(ahead.least_wall, by + near_enough);
  EXPECT_GE(ahead.most_wall, by - near_enough);
}
inline void expect_monotonic_ahead(const Ahead& ahead, std::int64_t by) {
  EXPECT_LE(ahead.least_monotonic, by + near_enough);
  EXPECT_GE(ahead.most_monotonic, by - near_enough);
}

}  // namespace tribunal
