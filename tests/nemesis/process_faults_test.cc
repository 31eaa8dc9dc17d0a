// Ends and restarts of a database, seen by the pids of what runs and by who answers.
#include <gtest/gtest.h>
#include <signal.h>

#include <stdexcept>
#include <thread>

#include "tests/cluster/in_cell.h"
#include "tests/nemesis/process_ground.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> deaf{"/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"};

TEST(Stop, the_database_ends_by_its_signal_and_runs_again) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    const int before = ground.pid("n1");
    ProcessTrial trial(ground, process_plan("stop", "one", {"n1", "n2"}));
    trial.inject();
    EXPECT_NE(trial.receipt.observed_by.find("status 143"), std::string::npos)
        << trial.receipt.observed_by;
    EXPECT_EQ(ground.pid("n1"), 0);
    EXPECT_TRUE(ground.answers("n2"));
    EXPECT_FALSE(trial.exercised());
    ground.activity("n1").failed += 1;
    EXPECT_TRUE(trial.exercised());
    trial.heal();
    EXPECT_TRUE(ground.answers("n1"));
    EXPECT_NE(ground.pid("n1"), before);
  });
}

TEST(Stop, it_uses_the_signal_of_the_database) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    cluster.stop_signal = SIGQUIT;
    ProcessTrial trial(ground, process_plan("stop", "one", {"n1"}));
    trial.inject();
    EXPECT_NE(trial.receipt.observed_by.find("SIGQUIT"), std::string::npos)
        << trial.receipt.observed_by;
    EXPECT_EQ(ground.pid("n1"), 0);
    trial.heal();
  });
}

TEST(Stop, what_does_not_end_is_killed_and_the_receipt_says_so) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster, deaf);
    std::this_thread::sleep_for(300ms);  // until it has become deaf
    ProcessTrial trial(ground, process_plan("stop", "one", {"n1"}));
    trial.inject();
    EXPECT_NE(trial.receipt.observed_by.find("did not end within 5 s of SIGTERM; killed"),
              std::string::npos)
        << trial.receipt.observed_by;
    EXPECT_EQ(ground.pid("n1"), 0);
    trial.heal();
  });
}

TEST(Stop, where_nothing_runs_there_is_nothing_to_stop) {
  for (const char* fault : {"stop", "restart", "crash-loop", "cpu-pressure", "rolling-restart"})
    in_cell(1, [&](Cluster& cluster, const Folder&) {
      ProcessGround ground(cluster);
      cluster.host(0).signal_all(SIGKILL);
      while (ground.pid("n1") != 0) std::this_thread::sleep_for(5ms);
      ProcessTrial trial(ground, process_plan(fault, "all", {"n1"}));
      trial.inject_in_vain("nothing was running");
      trial.receipt.failure.clear();
      trial.heal();
      EXPECT_EQ(ground.pid("n1"), 0);
    });
}

TEST(Restart, another_process_serves_at_once) {
  for (const char* how : {"stop", "kill"})
    in_cell(2, [&](Cluster& cluster, const Folder&) {
      ProcessGround ground(cluster);
      const int before = ground.pid("n2"), other = ground.pid("n1");
      ProcessTrial trial(ground, process_plan("restart", "leader", {"n1", "n2"}, {{"how", how}}));
      trial.inject();
      EXPECT_NE(ground.pid("n2"), 0);
      EXPECT_NE(ground.pid("n2"), before);
      EXPECT_EQ(ground.pid("n1"), other);
      EXPECT_FALSE(trial.exercised());
      ground.activity("n2").unknown += 1;
      EXPECT_TRUE(trial.exercised());
      trial.heal();
      EXPECT_TRUE(ground.answers("n2"));
    });
}

TEST(Restart, a_database_that_does_not_run_again_is_a_failure) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    cluster.start_database = [](Host&) {};
    ProcessTrial trial(ground, process_plan("restart", "one", {"n1"}));
    trial.inject_in_vain("nothing runs again");
  });
}

TEST(RollingRestart, one_after_another_and_never_two_at_once) {
  in_cell(3, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    const std::vector<int> before{ground.pid("n1"), ground.pid("n2"), ground.pid("n3")};
    std::vector<std::string> order;
    std::size_t fewest = 3;
    const auto start = cluster.start_database;
    cluster.start_database = [&](Host& host) {
      order.push_back(host.name());
      std::size_t others = 0;
      for (const auto& name : cluster.names())
        others += name != host.name() && ground.answers(name);
      fewest = std::min(fewest, others);
      ground.activity(host.name()).failed += 1;
      start(host);
    };
    ProcessTrial trial(ground, process_plan("rolling-restart", "all", {"n2", "n3", "n1"}));
    trial.inject();
    EXPECT_EQ(order, (std::vector<std::string>{"n2", "n3", "n1"}));
    EXPECT_EQ(fewest, 2u);
    for (int i = 0; i < 3; ++i)
      EXPECT_NE(ground.pid("n" + std::to_string(i + 1)), before[static_cast<std::size_t>(i)]);
    EXPECT_TRUE(trial.exercised());
    trial.heal();
  });
}

TEST(RollingRestart, a_host_on_which_nothing_runs_is_left_out_and_that_is_said) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    const int second = ground.pid("n2");
    cluster.host(0).signal_all(SIGKILL);
    while (ground.pid("n1") != 0) std::this_thread::sleep_for(5ms);
    const auto start = cluster.start_database;
    cluster.start_database = [&](Host& host) {
      ground.activity(host.name()).failed += 1;
      start(host);
    };
    // By name, since of all only those are taken on which the database runs.
    ProcessTrial trial(ground, process_plan("rolling-restart", "n1+n2", {"n1", "n2"}));
    trial.inject();
    EXPECT_EQ(trial.receipt.targets, std::vector<std::string>{"n2"});
    EXPECT_NE(trial.receipt.detail.find("not n1: nothing was running"), std::string::npos)
        << trial.receipt.detail;
    EXPECT_NE(ground.pid("n2"), second);
    EXPECT_TRUE(trial.exercised());
    trial.heal();
    EXPECT_EQ(ground.pid("n1"), 0);
  });
}

TEST(RollingRestart, it_ends_at_the_first_that_does_not_serve_again) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    const int second = ground.pid("n2");
    const auto start = cluster.start_database;
    cluster.start_database = [](Host&) {};
    ProcessTrial trial(ground, process_plan("rolling-restart", "all", {"n1", "n2"}));
    trial.inject_in_vain("nothing runs again");
    EXPECT_EQ(ground.pid("n2"), second);
    cluster.start_database = start;
    trial.receipt.failure.clear();
    trial.heal();
    EXPECT_TRUE(ground.answers("n1"));
  });
}

// While others are in force nothing can be expected to serve, and yet nobody waits for ever.
TEST(RollingRestart, its_wait_for_a_host_ends_though_other_faults_are_in_force) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    ground.ground().alone = [] { return false; };
    cluster.database_ready = [](Host&, Milliseconds patience) {
      std::this_thread::sleep_for(patience);
      return false;
    };
    ProcessTrial trial(ground, process_plan("rolling-restart", "all", {"n1"}));
    trial.inject_in_vain("the database has not answered for");
    cluster.database_ready = [](Host&, Milliseconds) { return true; };
    trial.receipt.failure.clear();
    trial.heal();
  });
}

TEST(CrashLoop, it_dies_again_and_again_until_the_heal) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    const int other = ground.pid("n2");
    ProcessTrial trial(ground,
                       process_plan("crash-loop", "one", {"n1", "n2"}, {{"period", "50ms"}}));
    trial.inject();
    std::set<int> seen;
    const auto until = std::chrono::steady_clock::now() + 30s;
    while (seen.size() < 4 && std::chrono::steady_clock::now() < until) {
      if (const int pid = ground.pid("n1"); pid != 0) seen.insert(pid);
      std::this_thread::sleep_for(5ms);
    }
    EXPECT_GE(seen.size(), 4u);
    EXPECT_FALSE(trial.exercised());  // no call has met it
    ASSERT_FALSE(trial.receipt.counters.empty());
    EXPECT_EQ(trial.receipt.counters.front().first, "n1 deaths");
    EXPECT_GE(trial.receipt.counters.front().second, 4);
    ground.activity("n1").failed += 1;
    EXPECT_TRUE(trial.exercised());
    trial.heal();
    const int after = ground.pid("n1");
    EXPECT_TRUE(ground.answers("n1"));
    std::this_thread::sleep_for(200ms);  // four periods
    EXPECT_EQ(ground.pid("n1"), after);
    EXPECT_EQ(ground.pid("n2"), other);
  });
}

TEST(CrashLoop, a_database_that_cannot_be_started_any_more_is_a_failure) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ProcessGround ground(cluster);
    cluster.start_database = [](Host&) { throw std::runtime_error("no such server"); };
    ProcessTrial trial(ground, process_plan("crash-loop", "one", {"n1"}));
    trial.inject();
    trial.heal_in_vain("no such server");
  });
}

}  // namespace
}  // namespace tribunal
