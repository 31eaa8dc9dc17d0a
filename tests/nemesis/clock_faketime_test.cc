// Servers that wait until moments of the wall clock, whose clocks libfaketime moves: what they then
// tell, that their waits last as long as they should, and that everything is true again.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "nemesis/clock/faketime_library.h"
#include "tests/cluster/in_cell.h"
#include "tests/nemesis/clock_ground.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t hour_long = 3600 * one_second;
constexpr std::int64_t wait_length = 50'000'000;  // of clock_waiter.c
const std::vector<std::string> every_kind = {"clock-offset", "clock-drift", "clock-freeze",
                                             "clock-strobe", "clock-reset"};

class ClocksUnderFaketime : public ::testing::Test {
 protected:
  void SetUp() override {
    if (faketime_path().empty()) GTEST_SKIP() << "no libfaketime here: " << faketime_install;
    if (std::system("cc --version > /dev/null 2>&1") != 0) GTEST_SKIP() << "no C compiler here";
    const std::string beside = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    if (beside.starts_with("/tmp")) GTEST_SKIP() << "hosts do not see what is built in /tmp";
    waiter_ = fmt::format("{}/clock_waiter-{}", beside, ::getpid());
    const std::string compile =
        "cc -O1 -pthread -o " + waiter_ + " " TRIBUNAL_SOURCE "/tests/nemesis/clock_waiter.c";
    ASSERT_EQ(std::system(compile.c_str()), 0);
  }
  void TearDown() override {
    if (!waiter_.empty()) std::filesystem::remove(waiter_);
  }
  TellingProgram waiting() const {
    return [this](int port) { return Daemon{{waiter_, std::to_string(port)}, {}, false}; };
  }

 private:
  std::string waiter_;
};

// What its waits were like from now on, until five have begun and ended; throws when they do not.
Told waits_from_now_on(const Host& host) {
  Told told = ask_teller(host.address(), teller_port);
  const std::int64_t wanted = told.waits + 6;  // one may have begun before
  Told least{0, 0, 0, 0, 0};
  const auto until = std::chrono::steady_clock::now() + 30s;
  while (told.waits < wanted) {
    if (std::chrono::steady_clock::now() > until) throw std::runtime_error("its waits do not end");
    std::this_thread::sleep_for(10ms);
    told = ask_teller(host.address(), teller_port);
    if (told.shortest > 0 && (least.shortest == 0 || told.shortest < least.shortest))
      least.shortest = told.shortest;
  }
  return least;
}

TEST_F(ClocksUnderFaketime, AnOffsetMovesWaitsAlongAndGoesAway) {
  in_cell(2, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), {"clock-offset"});
    Host& host = ground.host("n1");
    for (const auto& [offset, by] :
         std::map<std::string, std::int64_t>{{"+1h", hour_long}, {"-1h", -hour_long}}) {
      ClockTrial trial(ground, ground.plan("clock-offset", {{"offset", offset}}));
      trial.expect_installed("libfaketime");
      expect_wall_ahead(ahead_of(host), by);
      expect_monotonic_ahead(ahead_of(host), 0);
      expect_wall_ahead(ahead_of(ground.host("n2")), 0);
      EXPECT_GE(waits_from_now_on(host).shortest, wait_length - near_enough) << offset;
      trial.heal();
      expect_wall_ahead(ahead_of(host), 0);
      EXPECT_GE(waits_from_now_on(host).shortest, wait_length - near_enough) << offset;
    }
  });
}

TEST_F(ClocksUnderFaketime, ChildrenAndRestartsHaveTheMovedClockFromTheirFirstReading) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), {"clock-offset"});
    Host& host = ground.host("n1");
    ClockTrial trial(ground, ground.plan("clock-offset", {{"offset", "+1h"}}));
    trial.expect_installed("libfaketime");
    have_child(host.address(), teller_port, 7200);
    expect_wall_ahead(ahead_of(host, 7200), hour_long);
    host.signal_all(SIGKILL);
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!host.processes().empty() && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(5ms);
    cluster.start_database(host);
    expect_wall_ahead(ahead_of(host), hour_long);
    trial.heal();
    expect_wall_ahead(ahead_of(host), 0);
  });
}

TEST_F(ClocksUnderFaketime, AServerMayBeBegunByAScriptAndByAnOrdinaryUser) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    const auto by_a_script = [this](int port) {
      Daemon daemon = waiting()(port);
      daemon.command.insert(daemon.command.begin(),
                            {"/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"});
      daemon.as_ordinary_user = true;
      return daemon;
    };
    ClockGround ground(cluster, by_a_script, {"clock-offset"});
    ClockTrial trial(ground, ground.plan("clock-offset", {{"offset", "+1h"}}));
    trial.expect_installed("libfaketime");
    expect_wall_ahead(ahead_of(ground.host("n1")), hour_long);
    trial.heal();
    expect_wall_ahead(ahead_of(ground.host("n1")), 0);
  });
}

TEST_F(ClocksUnderFaketime, ADriftRunsAtItsRateFromTheTruth) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), {"clock-drift"});
    Host& host = ground.host("n1");
    ClockTrial trial(ground, ground.plan("clock-drift", {{"rate", "2"}}));
    trial.expect_installed("libfaketime");
    const std::int64_t earlier = true_clocks()[slot_realtime];
    const Told first = ask_teller(host.address(), teller_port);
    std::this_thread::sleep_for(200ms);
    const Told last = ask_teller(host.address(), teller_port);
    const std::int64_t passed = true_clocks()[slot_realtime] - earlier;
    EXPECT_GE(last.wall - first.wall, 400'000'000);
    EXPECT_LE(last.wall - first.wall, 2 * passed + near_enough);
    EXPECT_GE(waits_from_now_on(host).shortest, wait_length / 2 - near_enough);
    trial.heal();
    expect_wall_ahead(ahead_of(host), 0);
  });
}

TEST_F(ClocksUnderFaketime, AFrozenClockStandsAndWaitsStillEnd) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), {"clock-freeze"});
    Host& host = ground.host("n1");
    ClockTrial trial(ground, ground.plan("clock-freeze", {}));
    trial.expect_installed("libfaketime");
    const Told first = ask_teller(host.address(), teller_port);
    EXPECT_GE(waits_from_now_on(host).shortest, wait_length - near_enough);
    EXPECT_EQ(ask_teller(host.address(), teller_port).wall, first.wall);
    trial.heal();
    expect_wall_ahead(ahead_of(host), 0);
  });
}

TEST_F(ClocksUnderFaketime, AStrobeShowsBothTimesAndAResetBeginsAnew) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), every_kind);
    Host& host = ground.host("n1");
    ClockTrial strobe(ground, ground.plan("clock-strobe", {{"delta", "+30s"}, {"period", "50ms"}}));
    strobe.expect_installed("libfaketime");
    int ahead = 0, behind = 0;
    const auto until = std::chrono::steady_clock::now() + 30s;
    while ((ahead < 5 || behind < 5) && std::chrono::steady_clock::now() < until)
      ++(ahead_of(host).most_wall > 15 * one_second ? ahead : behind);
    EXPECT_GE(ahead, 5);
    EXPECT_GE(behind, 5);
    strobe.heal();
    ClockTrial reset(ground, ground.plan("clock-reset", {{"rate", "0"}, {"every", "50ms"}}));
    reset.expect_installed("libfaketime");
    Told before = ask_teller(host.address(), teller_port);
    int steps = 0;
    while (steps < 5 && std::chrono::steady_clock::now() < until + 30s) {
      const Told told = ask_teller(host.address(), teller_port);
      steps += told.wall > before.wall ? 1 : 0;
      before = told;
    }
    EXPECT_EQ(steps, 5);
    reset.heal();
    expect_wall_ahead(ahead_of(host), 0);
  });
}

TEST_F(ClocksUnderFaketime, WhatLibfaketimeCannotIsRefusedByName) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), every_kind);
    ClockTrial trial(ground, ground.plan("clock-strobe", {{"period", "1ms"}}));
    EXPECT_FALSE(trial.receipt.installed);
    EXPECT_NE(trial.receipt.failure.find("clock_waiter"), std::string::npos)
        << trial.receipt.failure;
    EXPECT_NE(trial.receipt.failure.find("runs under libfaketime"), std::string::npos)
        << trial.receipt.failure;
    expect_wall_ahead(ahead_of(ground.host("n1")), 0);
  });
}

TEST_F(ClocksUnderFaketime, EachProcessIsMovedByItsOwnWay) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting(), {"clock-offset"});
    Host& host = ground.host("n1");
    host.start(teller_waiting_for("")(7300));
    ask_teller(host.address(), 7300);
    ClockTrial trial(ground, ground.plan("clock-offset", {{"offset", "+90s"}}));
    trial.expect_installed("vDSO and libfaketime");
    EXPECT_NE(trial.receipt.observed_by.find("by libfaketime: clock_waiter"), std::string::npos)
        << trial.receipt.observed_by;
    for (const int port : {teller_port, 7300})
      expect_wall_ahead(ahead_of(host, port), 90 * one_second);
    trial.heal();
    for (const int port : {teller_port, 7300}) expect_wall_ahead(ahead_of(host, port), 0);
  });
}

TEST_F(ClocksUnderFaketime, WhoWasNotStartedUnderItIsRefusedByName) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    ClockGround ground(cluster, waiting());
    ClockTrial trial(ground, ground.plan("clock-offset", {}));
    EXPECT_FALSE(trial.receipt.installed);
    EXPECT_NE(trial.receipt.failure.find("was not started under libfaketime"), std::string::npos)
        << trial.receipt.failure;
  });
}

}  // namespace
}  // namespace tribunal
