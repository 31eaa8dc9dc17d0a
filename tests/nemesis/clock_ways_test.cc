// By which way the clock of a program is moved, and what libfaketime is told for each motion.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "nemesis/clock/absolute_waits.h"
#include "nemesis/clock/clock_motion.h"
#include "nemesis/clock/clock_way.h"
#include "nemesis/clock/faketime_host.h"
#include "nemesis/clock/faketime_setting.h"
#include "tests/nemesis/clock_units.h"

namespace tribunal {
namespace {

ProgramFacts linked_program(std::set<std::string> imports) {
  return {ProgramKind::with_libraries, std::move(imports)};
}

TEST(ClockWays, LibfaketimeIsForThoseWhoWaitUntilMomentsOfTheWallClock) {
  EXPECT_EQ(way_of(linked_program({"pthread_cond_timedwait", "read"})).way, ClockWay::faketime);
  EXPECT_EQ(way_of(linked_program({"pthread_cond_clockwait", "read"})).way, ClockWay::vdso);
  EXPECT_EQ(way_of({ProgramKind::go, {"pthread_cond_timedwait"}}).way, ClockWay::vdso);
  EXPECT_EQ(way_of({ProgramKind::without_libraries, {}}).way, ClockWay::vdso);
}

TEST(ClockWays, WhatLibfaketimeMovesWronglyIsNamed) {
  const auto chosen = way_of(linked_program({"pthread_cond_timedwait", "sem_timedwait"}));
  EXPECT_EQ(chosen.way, ClockWay::vdso);
  EXPECT_NE(chosen.hindrance.find("sem_timedwait"), std::string::npos) << chosen.hindrance;
}

TEST(ClockWays, AFileTellsOfWhatKindItsProgramIs) {
  const auto own = facts_of_program("/proc/self/exe");
  EXPECT_EQ(own.kind, ProgramKind::with_libraries);
  EXPECT_TRUE(own.imports.contains("execvpe"));
  EXPECT_FALSE(own.imports.contains("execvp"));
  const auto script = std::filesystem::temp_directory_path() / "tribunal-clock-ways-test";
  std::ofstream(script) << "#!/bin/sh\n";
  EXPECT_EQ(facts_of_program(script).kind, ProgramKind::other);
  std::ofstream(script) << "\177ELF\2 and nothing that is one";
  EXPECT_TRUE(facts_of_program(script).imports.empty());
  std::filesystem::remove(script);
  EXPECT_THROW(facts_of_program(script), std::runtime_error);
}

TEST(ClockWays, ACommandNamesTheProgramsThatItRuns) {
  using Programs = std::vector<std::string>;
  EXPECT_EQ(programs_in({"/usr/bin/env", "--chdir=/", "/nothing", "/usr"}),
            Programs{"/usr/bin/env"});
  EXPECT_EQ(programs_in({"/usr/bin/env", "sh", "-c", "umask 022; exec '/usr/bin/sort' --key=1"}),
            (Programs{"/usr/bin/env", "/usr/bin/sh", "/usr/bin/sort"}));
}

TEST(ClockWays, AGoProgramIsKnown) {
  if (!std::filesystem::exists("/usr/bin/etcd"))
    GTEST_SKIP() << "no etcd here: scripts/setup installs it";
  EXPECT_EQ(facts_of_program("/usr/bin/etcd").kind, ProgramKind::go);
}

constexpr std::int64_t faketime_begun = 1'000 * one_second, moved_from = 1'600 * one_second;

SlotMotion wall_motion(const ClockMotion& motion) {
  return record_of(motion, {},
                   {moved_from, moved_from, moved_from, moved_from, moved_from})[slot_realtime];
}

TEST(ClockWays, AnOffsetIsToldWithItsSign) {
  EXPECT_EQ(faketime_text(wall_motion({}), moved_from, faketime_begun), "+0.000000000 x1");
  EXPECT_EQ(faketime_text(wall_motion({3600 * one_second, 1, 0, 0}), moved_from, faketime_begun),
            "+3600.000000000 x1");
  EXPECT_EQ(faketime_text(wall_motion({-50'000'000, 1, 0, 0}), moved_from, faketime_begun),
            "-0.050000000 x1");
}

TEST(ClockWays, ADriftBeginsWithTheFaultAndNotWithTheProcess) {
  // 600 s at twice the rate would have gained 600 s already.
  EXPECT_EQ(faketime_text(wall_motion({0, 2, 0, 0}), moved_from, faketime_begun),
            "-600.000000000 x2");
  EXPECT_EQ(faketime_text(wall_motion({one_second, 0.5, 0, 0}), moved_from, faketime_begun),
            "+301.000000000 x0.5");
}

TEST(ClockWays, AClockThatStandsIsToldAsADate) {
  EXPECT_EQ(faketime_text(wall_motion({7 * one_second, 0, 0, 0}), moved_from + one_second,
                          faketime_begun),
            "1607.000000000 x1");
}

TEST(ClockWays, AStrobeIsToldStepByStep) {
  const auto strobe = wall_motion({0, 1, 30 * one_second, 10'000'000});
  EXPECT_EQ(faketime_text(strobe, moved_from + 5'000'000, faketime_begun), "+0.000000000 x1");
  EXPECT_EQ(faketime_text(strobe, moved_from + 15'000'000, faketime_begun), "+30.000000000 x1");
  EXPECT_EQ(faketime_text(strobe, moved_from + 25'000'000, faketime_begun), "+0.000000000 x1");
}

}  // namespace
}  // namespace tribunal
