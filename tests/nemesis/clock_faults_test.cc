// The faults of clocks in a cell: what the database's processes then tell, on the targets and on
// the others, what the receipt says, and that everything is true again.
#include <gtest/gtest.h>
#include <signal.h>

#include <thread>

#include "tests/cluster/in_cell.h"
#include "tests/nemesis/clock_ground.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

TEST(ClockFaults, AnOffsetIsOnTheTargetAloneAndGoesAway) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    ClockTrial trial(ground, ground.plan("clock-offset", {{"offset", "-90s"}}));
    trial.expect_installed();
    EXPECT_EQ(trial.receipt.targets, std::vector<std::string>{"n1"});
    for (const int port : {teller_port, teller_port + 1}) {
      expect_wall_ahead(ahead_of(ground.host("n1"), port), -90 * one_second);
      expect_monotonic_ahead(ahead_of(ground.host("n1"), port), 0);
      expect_wall_ahead(ahead_of(ground.host("n2"), port), 0);
    }
    trial.heal();
    for (const int port : {teller_port, teller_port + 1})
      expect_wall_ahead(ahead_of(ground.host("n1"), port), 0);
  });
}

TEST(ClockFaults, NobodyWhoReadsNoClockHasMetIt) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    const PlannedFault plan = ground.plan("clock-offset", {});
    const auto fault = find(faults(), "fault", plan.fault).make(plan);
    Receipt receipt;
    fault->inject(ground.ground(), receipt);
    fault->exercise(ground.ground(), receipt);  // the tellers read a clock only when they are asked
    EXPECT_TRUE(receipt.observed);
    EXPECT_FALSE(receipt.exercised) << receipt.exercised_by;
    ask_teller(ground.host("n1").address(), teller_port);
    fault->exercise(ground.ground(), receipt);
    EXPECT_TRUE(receipt.exercised);
    fault->heal(ground.ground(), receipt);
    EXPECT_TRUE(receipt.complete()) << receipt.failure;
  });
}

TEST(ClockFaults, ChildrenAndRestartsHaveTheMovedClock) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    Host& host = ground.host("n1");
    ClockTrial trial(ground, ground.plan("clock-offset", {{"offset", "+1h"}}));
    trial.expect_installed();
    have_child(host.address(), teller_port, 7200);
    expect_wall_ahead(ahead_of(host, 7200), 3600 * one_second);
    ground.start(host, 7300);  // another program, which inherits nothing
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (ahead_of(host, 7300).most_wall < 1800 * one_second &&
           std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(1ms);
    expect_wall_ahead(ahead_of(host, 7300), 3600 * one_second);
    trial.heal();
    for (const int port : {teller_port, 7200, 7300}) expect_wall_ahead(ahead_of(host, port), 0);
  });
}

TEST(ClockFaults, EveryTargetJumpsByItsOwnDistance) {
  in_cell(2, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    PlannedFault plan = ground.plan("clock-jump", {{"direction", "forward"}});
    plan.target = "all";
    plan.seed = 7;
    ClockTrial trial(ground, plan);
    trial.expect_installed();
    const Ahead first = ahead_of(ground.host("n1")), other_host = ahead_of(ground.host("n2"));
    EXPECT_GT(first.most_wall, 10'000'000);
    EXPECT_LT(first.least_wall, 300 * one_second);
    EXPECT_GT(std::abs(first.most_wall - other_host.most_wall), near_enough);
    trial.heal();
  });
}

TEST(ClockFaults, AFreezeHoldsBothClocksStillAndNeitherGoesBack) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    Host& host = ground.host("n1");
    const Told before = ask_teller(host.address(), teller_port);
    ClockTrial trial(ground, ground.plan("clock-freeze", {{"clock", "both"}}));
    trial.expect_installed();
    // A monotonic clock stops a moment later, so that it need not step back.
    Told first = ask_teller(host.address(), teller_port);
    std::this_thread::sleep_for(50ms);
    first = ask_teller(host.address(), teller_port);
    std::this_thread::sleep_for(50ms);
    const Told last = ask_teller(host.address(), teller_port);
    EXPECT_EQ(first.wall, last.wall);
    EXPECT_EQ(first.monotonic, last.monotonic);
    EXPECT_GE(first.monotonic, before.monotonic);
    trial.heal();
    EXPECT_GE(ask_teller(host.address(), teller_port).monotonic, last.monotonic);
    expect_wall_ahead(ahead_of(host), 0);
    expect_monotonic_ahead(ahead_of(host), 0);
  });
}

TEST(ClockFaults, AMonotonicClockThatRanFastKeepsItsLead) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    Host& host = ground.host("n1");
    ClockTrial trial(ground, ground.plan("clock-drift", {{"clock", "both"}, {"rate", "5"}}));
    trial.expect_installed();
    std::this_thread::sleep_for(200ms);
    const Told last = ask_teller(host.address(), teller_port);
    trial.heal();
    EXPECT_GE(ask_teller(host.address(), teller_port).monotonic, last.monotonic);
    expect_wall_ahead(ahead_of(host), 0);
    const Ahead lead = ahead_of(host);
    EXPECT_GT(lead.least_monotonic, 400'000'000);
    std::this_thread::sleep_for(50ms);
    expect_monotonic_ahead(ahead_of(host), lead.most_monotonic);  // at the true rate
    EXPECT_NE(trial.receipt.heal_verified_by.find("do not go back"), std::string::npos);
    ClockTrial again(ground, ground.plan("clock-freeze", {{"clock", "monotonic"}}));
    again.expect_installed();
    EXPECT_GE(ask_teller(host.address(), teller_port).monotonic, last.monotonic);
    again.heal();
  });
}

TEST(ClockFaults, AStrobeShowsBothTimesAndAResetBeginsAnew) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    Host& host = ground.host("n1");
    ClockTrial strobe(ground, ground.plan("clock-strobe", {{"delta", "+30s"}, {"period", "10ms"}}));
    strobe.expect_installed();
    int ahead = 0, behind = 0;
    const auto until = std::chrono::steady_clock::now() + 20s;
    while ((ahead < 5 || behind < 5) && std::chrono::steady_clock::now() < until)
      ++(ahead_of(host).most_wall > 15 * one_second ? ahead : behind);
    EXPECT_GE(ahead, 5);
    EXPECT_GE(behind, 5);
    strobe.heal();
    ClockTrial reset(ground, ground.plan("clock-reset", {{"rate", "0"}, {"every", "50ms"}}));
    reset.expect_installed();
    Told before = ask_teller(host.address(), teller_port);
    int steps = 0;
    while (steps < 5 && std::chrono::steady_clock::now() < until + 20s) {
      const Told now = ask_teller(host.address(), teller_port);
      steps += now.wall > before.wall ? 1 : 0;
      before = now;
    }
    EXPECT_EQ(steps, 5);
    reset.heal();
  });
}

TEST(ClockFaults, WhoSleepsUntilAbsoluteMomentsIsNotLiedTo) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, teller_waiting_for("wall"));
    ClockTrial trial(ground, ground.plan("clock-offset", {}));
    EXPECT_FALSE(trial.receipt.installed);
    EXPECT_NE(trial.receipt.failure.find("sleeps until absolute moments of the wall clock"),
              std::string::npos)
        << trial.receipt.failure;
    expect_wall_ahead(ahead_of(ground.host("n1")), 0);
  });
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, teller_waiting_for("monotonic"));
    ClockTrial trial(ground, ground.plan("clock-drift", {{"rate", "10"}, {"clock", "both"}}));
    trial.expect_installed();
    EXPECT_NE(trial.receipt.observed_by.find("monotonic clock is left alone"), std::string::npos);
    std::this_thread::sleep_for(20ms);
    EXPECT_GT(ahead_of(ground.host("n1")).most_wall, 150'000'000);
    expect_monotonic_ahead(ahead_of(ground.host("n1")), 0);
    trial.heal();
  });
}

TEST(ClockFaults, ADeadTargetIsReported) {
  in_cell(1, [](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster);
    ground.host("n1").signal_all(SIGKILL);
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (std::chrono::steady_clock::now() < until) {
      bool runs = false;
      for (const auto& process : ground.host("n1").processes()) runs = runs || process.state != 'Z';
      if (!runs) break;
      std::this_thread::sleep_for(5ms);
    }
    ClockTrial trial(ground, ground.plan("clock-offset", {}));
    EXPECT_FALSE(trial.receipt.installed);
    EXPECT_NE(trial.receipt.failure.find("no process of the database"), std::string::npos)
        << trial.receipt.failure;
  });
}

}  // namespace
}  // namespace tribunal
