// Whom a fault hits.
#include "nemesis/targets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "nemesis/catalogue.h"
#include "nemesis/host_fault.h"
#include "nemesis/not_here.h"

namespace tribunal {
namespace {

using Names = std::vector<std::string>;

TEST(Targets, a_majority_and_its_complement_make_the_whole) {
  const std::vector<std::pair<std::size_t, std::size_t>> expected{{1, 0}, {2, 1}, {2, 1}, {3, 2},
                                                                  {3, 2}, {4, 3}, {4, 3}};
  for (std::size_t hosts = 1; hosts <= 7; ++hosts) {
    EXPECT_EQ(majority_of(hosts), expected[hosts - 1].first) << hosts;
    EXPECT_EQ(minority_of(hosts), expected[hosts - 1].second) << hosts;
    EXPECT_LT(minority_of(hosts) * 2, hosts + 1);
    EXPECT_GT(majority_of(hosts) * 2, hosts);
  }
}

TEST(Targets, are_cut_from_the_front_of_the_order) {
  const Names order{"n3", "n1", "n5", "n2", "n4"};
  EXPECT_EQ(cut_targets(order, "one"), (Names{"n3"}));
  EXPECT_EQ(cut_targets(order, "minority"), (Names{"n3", "n1"}));
  EXPECT_EQ(cut_targets(order, "majority"), (Names{"n3", "n1", "n5"}));
  EXPECT_EQ(cut_targets(order, "all"), order);
  EXPECT_THROW(cut_targets(order, "some"), Error);
}

// Hosts that only have a name: all that choosing asks of them.
class NamedHost final : public Host {
 public:
  NamedHost(std::string name, std::size_t index) : name_(std::move(name)), index_(index) {}
  const std::string& name() const override { return name_; }
  std::size_t index() const override { return index_; }
  const std::string& address() const override { return name_; }
  std::filesystem::path data() const override { return {}; }
  CommandResult run(const std::vector<std::string>&, Milliseconds, const std::string&) override {
    return {};
  }
  int start(const Daemon&) override { return 0; }
  Tool& tool(const std::string&) override { throw std::logic_error("no tools here"); }
  void signal_all(int) override {}
  std::vector<Process> processes() override { return {}; }
  std::optional<int> ended(int, Milliseconds) override { return {}; }
  bool probe(Host&, Milliseconds) override { return false; }

 private:
  std::string name_;
  std::size_t index_;
};

Cluster cluster_of(const Names& names) {
  std::vector<std::unique_ptr<Host>> hosts;
  for (std::size_t i = 0; i < names.size(); ++i)
    hosts.push_back(std::make_unique<NamedHost>(names[i], i));
  return Cluster(std::move(hosts));
}

PlannedFault planned(const std::string& target, const Names& order) {
  PlannedFault fault;
  fault.target = target;
  fault.order = order;
  return fault;
}

TEST(Targets, the_leader_is_whoever_says_so_now) {
  Cluster cluster = cluster_of({"n1", "n2", "n3"});
  const Activity activity(cluster.size());
  Ground ground{cluster, activity, [] { return std::int64_t{0}; }, {}, {}, {}};
  cluster.database_role = [](Host& host) { return host.name() == "n2" ? "leader" : "follower"; };
  const Targets targets = choose_targets(ground, planned("leader", {"n3", "n1", "n2"}));
  EXPECT_EQ(targets.hosts, Names{"n2"});
  EXPECT_EQ(targets.detail, "n2, the leader");
}

TEST(Targets, a_host_that_cannot_be_asked_does_not_hide_the_leader) {
  Cluster cluster = cluster_of({"n1", "n2", "n3"});
  const Activity activity(cluster.size());
  Ground ground{cluster, activity, [] { return std::int64_t{0}; }, {}, {}, {}};
  cluster.database_role = [](Host& host) -> std::string {
    if (host.name() == "n1") throw std::runtime_error("silent");
    return host.name() == "n3" ? "leader" : "";
  };
  EXPECT_EQ(choose_targets(ground, planned("leader", {"n1", "n2", "n3"})).hosts, Names{"n3"});
}

TEST(Targets, without_a_known_leader_the_first_is_taken_and_that_is_said) {
  Cluster cluster = cluster_of({"n1", "n2", "n3"});
  const Activity activity(cluster.size());
  Ground ground{cluster, activity, [] { return std::int64_t{0}; }, {}, {}, {}};
  cluster.database_role = [](Host&) { return ""; };
  const Targets targets = choose_targets(ground, planned("leader", {"n3", "n1", "n2"}));
  EXPECT_EQ(targets.hosts, Names{"n3"});
  EXPECT_EQ(targets.detail, "n3, since no leader was known");
}

TEST(HostFault, that_found_no_target_has_nothing_to_heal) {
  Cluster cluster = cluster_of({"n1"});
  const Activity activity(cluster.size());
  Ground ground{cluster, activity, [] { return std::int64_t{7}; }, {}, {}, {}};
  auto plan = planned("minority", {"n1"});
  plan.fault = "kill";
  const auto fault = find(faults(), "fault", plan.fault).make(plan);
  Receipt receipt;
  fault->inject(ground, receipt);
  EXPECT_FALSE(receipt.installed);
  EXPECT_NE(receipt.failure.find("nobody"), std::string::npos) << receipt.failure;
  fault->heal(ground, receipt);
  EXPECT_TRUE(receipt.heal_verified);
  EXPECT_FALSE(receipt.complete());
}

// What becomes of each host is up to a test.
class Struck final : public HostFault {
 public:
  Struck(PlannedFault planned, std::function<std::string(const std::string&)> strike)
      : HostFault(std::move(planned)), strike_(std::move(strike)) {}
  std::vector<std::string> undone;

 private:
  std::string strike(Ground&, Host& host) override { return strike_(host.name()); }
  void undo(Ground&, Host& host) override {
    const std::scoped_lock lock(mutex_);
    undone.push_back(host.name());
  }
  std::string confirm(Ground&, Host&) override { return "gone"; }
  bool must_serve_again() const override { return false; }

  std::function<std::string(const std::string&)> strike_;
  std::mutex mutex_;
};

class HostFaults : public ::testing::Test {
 protected:
  static constexpr std::int64_t hour = 3'600'000'000'000;

  Receipt inject_and_heal(const std::string& target, std::int64_t duration,
                          std::function<std::string(const std::string&)> strike) {
    auto plan = planned(target, {"n1", "n2", "n3"});
    plan.fault = "blow";
    plan.duration = duration;
    Struck fault(plan, std::move(strike));
    Receipt receipt;
    fault.inject(ground_, receipt);
    fault.heal(ground_, receipt);
    undone_ = fault.undone;
    std::sort(undone_.begin(), undone_.end());
    return receipt;
  }

  Cluster cluster_ = cluster_of({"n1", "n2", "n3"});
  const Activity activity_{3};
  Ground ground_{cluster_, activity_, [] { return std::int64_t{7}; }, {}, {}, {}};
  Names undone_;
};

TEST_F(HostFaults, where_a_host_cannot_be_struck_another_is_chosen) {
  const auto receipt = inject_and_heal("one", hour, [](const std::string& host) -> std::string {
    if (host != "n3") throw NotHere("nothing runs");
    return "struck";
  });
  EXPECT_EQ(receipt.failure, "");
  EXPECT_EQ(receipt.targets, Names{"n3"});
  EXPECT_EQ(receipt.observed_by, "n3: struck");
  EXPECT_TRUE(receipt.heal_verified);
  EXPECT_EQ(undone_, Names{"n3"});
}

TEST_F(HostFaults, of_several_those_that_cannot_be_struck_are_left_out_and_that_is_said) {
  const auto receipt = inject_and_heal("all", hour, [](const std::string& host) -> std::string {
    if (host == "n2") throw NotHere("nothing runs");
    return "struck";
  });
  EXPECT_TRUE(receipt.observed);
  EXPECT_EQ(receipt.targets, (Names{"n1", "n3"}));
  EXPECT_EQ(receipt.detail, "n1 n2 n3, but not n2: nothing runs");
  EXPECT_EQ(undone_, (Names{"n1", "n3"}));
}

TEST_F(HostFaults, struck_nowhere_in_its_time_it_has_hit_nobody) {
  const auto receipt = inject_and_heal(
      "one", 0, [](const std::string&) -> std::string { throw NotHere("nothing runs"); });
  EXPECT_EQ(receipt.failure, "blow: n1: nothing runs");
  EXPECT_FALSE(receipt.observed);
  EXPECT_TRUE(receipt.targets.empty());
  EXPECT_TRUE(receipt.heal_verified);
  EXPECT_TRUE(undone_.empty());
}

TEST_F(HostFaults, a_strike_that_goes_wrong_is_undone_and_not_tried_elsewhere) {
  int strikes = 0;
  const auto receipt = inject_and_heal("one", hour, [&](const std::string&) -> std::string {
    ++strikes;
    throw std::runtime_error("it still runs");
  });
  EXPECT_EQ(strikes, 1);
  EXPECT_EQ(receipt.failure, "blow: n1: it still runs");
  EXPECT_FALSE(receipt.observed);
  EXPECT_EQ(undone_, Names{"n1"});
}

TEST(Targets, nobody_is_an_error) {
  Cluster cluster = cluster_of({"n1"});
  const Activity activity(cluster.size());
  Ground ground{cluster, activity, [] { return std::int64_t{0}; }, {}, {}, {}};
  EXPECT_THROW(choose_targets(ground, planned("minority", {"n1"})), std::runtime_error);
}

}  // namespace
}  // namespace tribunal
