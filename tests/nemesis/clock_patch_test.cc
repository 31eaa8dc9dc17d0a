// Moving the clocks of a running process: what it then reads, that it never reads half a change,
// and that it is as it was afterwards, whatever happens to who patches it.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

#include "nemesis/clock/patched_process.h"
#include "tests/nemesis/clock_units.h"
#include "tests/nemesis/clock_victim.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

ClockMotion ahead_by(std::int64_t offset) { return {offset, 1, 0, 0}; }

// A victim's reading between two true ones.
struct Bracket {
  ClockTimes earlier, later;
  VictimReading said;
};
Bracket read_between(ClockVictim& victim) {
  Bracket bracket{true_clocks(), {}, {}};
  bracket.said = victim.read();
  bracket.later = true_clocks();
  return bracket;
}

void expect_ahead(const Bracket& bracket, std::int64_t wall, std::int64_t monotonic) {
  EXPECT_GE(bracket.said.wall, bracket.earlier[slot_realtime] + wall - near_enough);
  EXPECT_LE(bracket.said.wall, bracket.later[slot_realtime] + wall + near_enough);
  EXPECT_GE(bracket.said.of_day * 1000, bracket.earlier[slot_realtime] + wall - near_enough);
  EXPECT_LE(bracket.said.of_day * 1000, bracket.later[slot_realtime] + wall + near_enough);
  EXPECT_GE(bracket.said.time, (bracket.earlier[slot_realtime] + wall) / one_second - 1);
  EXPECT_LE(bracket.said.time, (bracket.later[slot_realtime] + wall) / one_second);
  EXPECT_GE(bracket.said.monotonic, bracket.earlier[slot_monotonic] + monotonic - near_enough);
  EXPECT_LE(bracket.said.monotonic, bracket.later[slot_monotonic] + monotonic + near_enough);
  EXPECT_GE(bracket.said.since_boot, bracket.earlier[slot_boottime] + monotonic - near_enough);
  EXPECT_LE(bracket.said.since_boot, bracket.later[slot_boottime] + monotonic + near_enough);
}

class ClockPatch : public ::testing::Test {
 protected:
  void move(PatchedProcess& process, const ClockMotion& wall, const ClockMotion& monotonic = {}) {
    process.patch(2s);
    process.move(record_of(wall, monotonic, true_clocks()));
  }
};

TEST_F(ClockPatch, ReadsTheTruthUntilItIsMoved) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  EXPECT_FALSE(process.patched());
  EXPECT_TRUE(process.pristine());
  process.patch(2s);
  EXPECT_FALSE(process.pristine());
  expect_ahead(read_between(victim), 0, 0);
}

TEST_F(ClockPatch, AnOffsetIsReadBackByEveryWayToReadAClock) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  move(process, ahead_by(3600 * one_second));
  expect_ahead(read_between(victim), 3600 * one_second, 0);
  move(process, ahead_by(-7 * one_second), ahead_by(40 * one_second));
  expect_ahead(read_between(victim), -7 * one_second, 40 * one_second);
}

TEST_F(ClockPatch, WhatTheProcessReadsIsSeenFromOutside) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  move(process, ahead_by(-3 * one_second), ahead_by(5 * one_second));
  const ClockTimes earlier = true_clocks(), said = process.read_clocks(), later = true_clocks();
  for (std::size_t slot = 0; slot < clock_slots; ++slot) {
    const std::int64_t ahead = slot < slot_monotonic ? -3 * one_second : 5 * one_second;
    EXPECT_GE(said[slot], earlier[slot] + ahead) << slot;
    EXPECT_LE(said[slot], later[slot] + ahead) << slot;
  }
}

TEST_F(ClockPatch, ADriftRunsAtItsRate) {
  for (const double rate : {0.5, 1.1, 3.0}) {
    ClockVictim victim;
    PatchedProcess process(victim.pid());
    move(process, {0, rate, 0, 0}, {0, rate, 0, 0});
    const Bracket first = read_between(victim);
    std::this_thread::sleep_for(300ms);
    const Bracket last = read_between(victim);
    const auto passed = static_cast<double>(last.said.wall - first.said.wall);
    const auto least =
        static_cast<double>(last.earlier[slot_realtime] - first.later[slot_realtime]);
    const auto most = static_cast<double>(last.later[slot_realtime] - first.earlier[slot_realtime]);
    EXPECT_GE(passed, least * rate - 1000);
    EXPECT_LE(passed, most * rate + 1000);
    EXPECT_GE(static_cast<double>(last.said.monotonic - first.said.monotonic), least * rate - 1000);
  }
}

TEST_F(ClockPatch, AFrozenClockStandsStill) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  move(process, {0, 0, 0, 0}, {0, 0, 0, 0});
  const VictimReading first = victim.read();
  std::this_thread::sleep_for(50ms);
  const VictimReading last = victim.read();
  EXPECT_EQ(first.wall, last.wall);
  EXPECT_EQ(first.monotonic, last.monotonic);
  EXPECT_EQ(first.of_day, last.of_day);
}

TEST_F(ClockPatch, AStrobeAlternatesWithItsPeriod) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  constexpr std::int64_t period = 20'000'000, delta = 100 * one_second, offset = 7 * one_second;
  process.patch(2s);
  const ClockTimes since = true_clocks();
  process.move(record_of({offset, 1, delta, period}, {}, since));
  std::set<std::int64_t> periods[2];
  while (periods[0].size() < 15 || periods[1].size() < 15) {
    const Bracket bracket = read_between(victim);
    const std::int64_t begun = (bracket.earlier[slot_realtime] - since[slot_realtime]) / period;
    const std::int64_t ended = (bracket.later[slot_realtime] - since[slot_realtime]) / period;
    if (begun != ended) continue;  // taken across an alternation
    const bool alternate = begun % 2 != 0;
    EXPECT_NEAR(static_cast<double>(bracket.said.wall - bracket.earlier[slot_realtime]),
                static_cast<double>(offset + (alternate ? delta : 0)), static_cast<double>(period));
    periods[alternate ? 1 : 0].insert(begun);
  }
}

TEST_F(ClockPatch, NoThreadEverReadsHalfAChange) {
  ClockVictim victim(3);
  PatchedProcess process(victim.pid());
  constexpr std::int64_t hour = 3600 * one_second;
  process.patch(2s);
  // Of each motion only these sums are possible: 3 and 1 hours, -3 and -1. Mixed they make 5.
  for (int i = 0; i < 3000; ++i) {
    process.move(record_of({3 * hour, 1, -2 * hour, 1}, {}, true_clocks()));
    process.move(record_of({-3 * hour, 1, 2 * hour, 1}, {}, true_clocks()));
  }
  const auto seen = victim.seen();
  EXPECT_GT(seen.readings, 100U);
  EXPECT_EQ(seen.impossible, 0U);
}

TEST_F(ClockPatch, ReadingsAreCountedFromOutside) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  process.patch(2s);
  EXPECT_FALSE(process.calls());
  victim.read();
  const auto first = process.calls();
  ASSERT_TRUE(first);
  victim.read();
  const auto last = process.calls();
  EXPECT_EQ(last->wall - first->wall, 3U);  // clock_gettime, gettimeofday, time
  EXPECT_EQ(last->monotonic - first->monotonic, 2U);
}

TEST_F(ClockPatch, ChildrenInheritTheMotionOfTheMoment) {
  ClockVictim victim;
  PatchedProcess process(victim.pid());
  move(process, ahead_by(100 * one_second));
  const std::int64_t before = true_clocks()[slot_realtime];
  EXPECT_GE(victim.fork_and_read().wall, before + 100 * one_second);
}

TEST_F(ClockPatch, TheOriginalBytesComeBackWhileThreadsRead) {
  ClockVictim victim(3);
  for (int i = 0; i < 20; ++i) {
    PatchedProcess process(victim.pid());
    move(process, ahead_by(3600 * one_second));
    process.move(HookRecord{});
    ASSERT_EQ(process.restore(5s), Restored::wholly);
    ASSERT_TRUE(process.pristine());
    ASSERT_EQ(tracer_of(victim.pid()), 0);
  }
  expect_ahead(read_between(victim), 0, 0);
  EXPECT_EQ(victim.seen().impossible, 0U);
}

TEST_F(ClockPatch, AStoppedProcessStaysStopped) {
  ClockVictim victim;
  ::kill(victim.pid(), SIGSTOP);
  ::waitpid(victim.pid(), nullptr, WUNTRACED);
  PatchedProcess process(victim.pid());
  move(process, ahead_by(60 * one_second));
  const auto until = std::chrono::steady_clock::now() + 10s;  // it goes back to it by itself
  while (state_of(victim.pid()) != 'T' && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(1ms);
  EXPECT_EQ(state_of(victim.pid()), 'T');
  ::kill(victim.pid(), SIGCONT);
  expect_ahead(read_between(victim), 60 * one_second, 0);
}

TEST_F(ClockPatch, AMonotonicClockNeverStepsBackUnlessItIsMovedSo) {
  const ClockTimes now = true_clocks();
  const SlotMotion fast{0, 1LL << 32, now[slot_monotonic] - one_second, 0,
                        0};  // a second ahead by now
  const SlotMotion healed = never_back(fast, {}, now[slot_monotonic], 20'000'000);
  for (std::int64_t later = 0; later <= 20'000'000; later += 1'000'000)
    EXPECT_GE(moved_time(healed, now[slot_monotonic] + later),
              moved_time(fast, now[slot_monotonic] + later));
  EXPECT_NEAR(static_cast<double>(healed.offset), static_cast<double>(one_second), 30'000'000);
  const SlotMotion slow{-one_second, 0, 0, 0, 0};
  EXPECT_EQ(never_back(slow, {}, now[slot_monotonic], 20'000'000), SlotMotion{});
}

// Patches, moves and restores a process without end.
[[noreturn]] void patch_without_end(pid_t victim) {
  while (true) {
    PatchedProcess process(victim);
    process.patch(2s);
    process.move(record_of(ahead_by(3600 * one_second), {}, true_clocks()));
    process.move(HookRecord{});
    process.restore(2s);
  }
}

TEST_F(ClockPatch, WhoPatchesMayBeKilledAtAnyMoment) {
  ClockVictim victim(2);
  for (int i = 0; i < 20; ++i) {
    const pid_t patcher = ::fork();
    if (patcher == 0) patch_without_end(victim.pid());
    std::this_thread::sleep_for(5ms + i * 731us);
    ::kill(patcher, SIGKILL);
    ::waitpid(patcher, nullptr, 0);
    EXPECT_EQ(tracer_of(victim.pid()), 0);
    victim.read();
    const std::uint64_t before = victim.seen().readings;
    while (victim.seen().readings == before)
      std::this_thread::sleep_for(1ms);  // its threads run, too
  }
  PatchedProcess process(victim.pid());
  process.patch(2s);
  process.move(HookRecord{});
  ASSERT_EQ(process.restore(5s), Restored::wholly);
  EXPECT_TRUE(process.pristine());
  expect_ahead(read_between(victim), 0, 0);
}

}  // namespace
}  // namespace tribunal
