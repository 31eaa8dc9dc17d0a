// Every fault in a cell, its effect and its heal seen from outside: by what the peers hear and
// whether they answer.
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "harness/cluster/cell.h"
#include "harness/parts/catalogue.h"
#include "nemesis/catalogue.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/peer.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// A cluster of peers, and what a fault needs to work on it.
class Peers {
 public:
  explicit Peers(Cluster& cluster) : cluster_(cluster), activity_(cluster.size()) {
    cluster.start_database = [this](Host& host) { start(host); };
    cluster.database_ready = [](Host& host, Milliseconds patience) {
      const auto until = Clock::now() + patience;
      while (Clock::now() < until)
        if (ask_peer(host.address())) return true;
      return false;
    };
    cluster.database_role = [](Host& host) { return host.name() == "n2" ? "leader" : "follower"; };
    for (std::size_t i = 0; i < cluster.size(); ++i) start(cluster.host(i));
    for (std::size_t i = 0; i < cluster.size(); ++i)
      EXPECT_TRUE(cluster.database_ready(cluster.host(i), 10s));
  }

  Ground ground() {
    return {cluster_, activity_, [this] { return (Clock::now() - began_) / 1ns; }, {}, {}, {}};
  }
  Activity& activity() { return activity_; }
  bool answers(const std::string& host) {
    return ask_peer(cluster_.host(host).address()).has_value();
  }

  // Whether `host` hears `source` within the next while. A cut must have silenced all that was on
  // its way before.
  bool hears(const std::string& host, const std::string& source, Milliseconds patience) {
    const long before = heard(host, source);
    const auto until = Clock::now() + patience;
    while (Clock::now() < until) {
      if (heard(host, source) > before) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }

 private:
  void start(Host& host) {
    std::vector<std::string> command{std::filesystem::read_symlink("/proc/self/exe"), peer_verb,
                                     host.address()};
    for (std::size_t i = 0; i < cluster_.size(); ++i)
      if (i != host.index()) command.push_back(cluster_.host(i).address());
    host.start({command, {}, false});
  }
  long heard(const std::string& host, const std::string& source) {
    const auto counts = ask_peer(cluster_.host(host).address());
    return counts ? counts->at(cluster_.host(source).address()) : 0;
  }

  Cluster& cluster_;
  Activity activity_;
  const Clock::time_point began_ = Clock::now();
};

PlannedFault planned(const std::string& fault, const std::string& shape, const std::string& target,
                     std::vector<std::string> order) {
  PlannedFault plan;
  plan.id = 3;
  plan.fault = fault;
  plan.shape = shape;
  plan.target = target;
  plan.order = std::move(order);
  return plan;
}

struct Injected {
  std::unique_ptr<Fault> fault;
  Receipt receipt;
};

Injected inject(Ground& ground, const PlannedFault& plan) {
  Injected injected{find(faults(), "fault", plan.fault).make(plan), {}};
  injected.receipt.planned = plan;
  injected.fault->inject(ground, injected.receipt);
  EXPECT_EQ(injected.receipt.failure, "");
  EXPECT_TRUE(injected.receipt.installed);
  EXPECT_TRUE(injected.receipt.observed);
  EXPECT_FALSE(injected.receipt.healed);
  return injected;
}

void heal(Ground& ground, Injected& injected) {
  injected.fault->exercise(ground, injected.receipt);
  injected.fault->heal(ground, injected.receipt);
  EXPECT_EQ(injected.receipt.failure, "");
  EXPECT_TRUE(injected.receipt.complete())
      << injected.receipt.observed_by << injected.receipt.exercised_by;
  EXPECT_LE(*injected.receipt.installed, *injected.receipt.observed);
  EXPECT_LE(*injected.receipt.observed, *injected.receipt.heal_requested);
  EXPECT_LE(*injected.receipt.heal_requested, *injected.receipt.healed);
  EXPECT_LE(*injected.receipt.healed, *injected.receipt.heal_verified);
  const Receipt before = injected.receipt;
  injected.fault->heal(ground, injected.receipt);  // safe twice over
  EXPECT_EQ(injected.receipt.heal_verified, before.heal_verified);
  EXPECT_EQ(injected.receipt.failure, "");
}

TEST(Kill, the_leader_dies_and_serves_again) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    Peers peers(cluster);
    Ground ground = peers.ground();
    Injected injected = inject(ground, planned("kill", "", "leader", {"n3", "n1", "n2"}));
    EXPECT_EQ(injected.receipt.targets, std::vector<std::string>{"n2"});
    EXPECT_FALSE(peers.answers("n2"));
    EXPECT_TRUE(peers.answers("n1"));
    EXPECT_TRUE(cluster.host("n2").processes().empty());
    injected.fault->exercise(ground, injected.receipt);
    EXPECT_FALSE(injected.receipt.exercised);
    peers.activity().host(0).failed += 2;  // on another host: not by this fault
    injected.fault->exercise(ground, injected.receipt);
    EXPECT_FALSE(injected.receipt.exercised);
    peers.activity().host(1).unknown += 2;
    heal(ground, injected);
    EXPECT_TRUE(peers.answers("n2"));
    EXPECT_TRUE(peers.hears("n1", "n2", 10s));
  });
}

TEST(Kill, a_database_that_does_not_come_back_is_a_failure) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    Peers peers(cluster);
    Ground ground = peers.ground();
    Injected injected = inject(ground, planned("kill", "", "all", {"n1", "n2"}));
    EXPECT_FALSE(peers.answers("n1"));
    EXPECT_FALSE(peers.answers("n2"));
    cluster.database_ready = [](Host& host, Milliseconds) { return host.name() == "n1"; };
    injected.fault->heal(ground, injected.receipt);
    EXPECT_TRUE(injected.receipt.healed);
    EXPECT_FALSE(injected.receipt.heal_verified);
    EXPECT_NE(injected.receipt.failure.find("n2"), std::string::npos) << injected.receipt.failure;
  });
}

TEST(Kill, where_nothing_runs_there_is_nothing_to_kill) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    Peers peers(cluster);
    Ground ground = peers.ground();
    const int pid = cluster.host(0).processes().at(0).pid;
    cluster.host(0).signal_all(SIGKILL);
    EXPECT_TRUE(cluster.host(0).ended(pid, 10s));
    const auto fault = find(faults(), "fault", "kill").make(planned("kill", "", "one", {"n1"}));
    Receipt receipt;
    fault->inject(ground, receipt);
    EXPECT_FALSE(receipt.installed);
    EXPECT_NE(receipt.failure, "");
    fault->heal(ground, receipt);  // safe after a failed inject
    EXPECT_TRUE(receipt.heal_verified);
    EXPECT_FALSE(peers.answers("n1"));  // whoever ended it starts it again
  });
}

TEST(Pause, a_minority_stands_still_and_goes_on_as_it_was) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    Peers peers(cluster);
    Ground ground = peers.ground();
    const int pid = cluster.host("n3").processes().at(0).pid;
    Injected injected = inject(ground, planned("pause", "", "minority", {"n3", "n1", "n2"}));
    EXPECT_EQ(injected.receipt.targets, std::vector<std::string>{"n3"});
    EXPECT_FALSE(peers.answers("n3"));
    EXPECT_TRUE(peers.answers("n1"));
    injected.fault->exercise(ground, injected.receipt);
    EXPECT_FALSE(injected.receipt.exercised);
    peers.activity().host(2).in_flight += 1;
    std::this_thread::sleep_for(100ms);
    heal(ground, injected);
    EXPECT_TRUE(peers.answers("n3"));
    EXPECT_EQ(cluster.host("n3").processes().at(0).pid, pid);
  });
}

}  // namespace
}  // namespace tribunal
