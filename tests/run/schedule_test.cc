// A schedule follows from its seed, fits its run and deals every kind.
#include "harness/run/schedule.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <set>

#include "harness/record/error.h"

namespace tribunal {
namespace {

const std::vector<FaultKind> kinds = {
    {"partition", "", {"one", "halves", "bridge"}, {}, 2, {}},
    {"kill", "", {}, {"one", "all"}, 1, {}},
};

ScheduleOptions options() {
  ScheduleOptions options;
  options.faults = {"partition", "kill"};
  options.hosts = {"n1", "n2", "n3"};
  options.duration = 30'000'000'000;
  options.every = 4'000'000'000;
  options.length = 2'000'000'000;
  options.seed = 7;
  return options;
}

TEST(Schedule, OneSeedOneSchedule) {
  const auto first = draw_schedule(options(), kinds), again = draw_schedule(options(), kinds);
  ASSERT_EQ(first.size(), again.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].name(), again[i].name());
    EXPECT_EQ(first[i].order, again[i].order);
    EXPECT_EQ(first[i].at, again[i].at);
    EXPECT_EQ(first[i].duration, again[i].duration);
  }
  auto other = options();
  other.seed = 8;
  EXPECT_NE(draw_schedule(other, kinds).front().at, first.front().at);
}

TEST(Schedule, FaultsAreOneAtATimeAndOverBeforeTheEnd) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto wish = options();
    wish.seed = seed;
    const auto schedule = draw_schedule(wish, kinds);
    ASSERT_GE(schedule.size(), 6u);
    std::int64_t free_from = 1'000'000'000;
    for (const auto& fault : schedule) {
      EXPECT_GT(fault.at, free_from);
      EXPECT_GT(fault.duration, 0);
      free_from = fault.at + fault.duration;
    }
    EXPECT_LE(free_from + 1'000'000'000, wish.duration);
  }
}

TEST(Schedule, EveryKindShapeAndTargetComesUpBeforeAnyComesUpTwice) {
  auto wish = options();
  wish.duration = 60'000'000'000;
  std::multiset<std::string> names;
  const auto schedule = draw_schedule(wish, kinds);
  for (std::size_t i = 0; i < 6; ++i) names.insert(schedule[i].name());
  EXPECT_EQ(names.count("partition one"), 1u);
  EXPECT_EQ(names.count("partition halves"), 1u);
  EXPECT_EQ(names.count("partition bridge"), 1u);
  EXPECT_EQ(names.count("kill one") + names.count("kill all"), 3u);
}

FaultKind kind_of(const std::string& name, const std::string& resource, Harm harm = Harm::disturbs,
                  std::int64_t overtime = 0) {
  FaultKind kind{name, "", {}, {"one"}, 1, {}};
  kind.resource = resource;
  kind.harm = harm;
  kind.overtime = overtime;
  return kind;
}

TEST(Schedule, WhatTakesOvertimeHasRoomForItInEveryLane) {
  constexpr std::int64_t overtime = 5'000'000'000;
  const std::vector<FaultKind> with_members = {
      kind_of("kill", "processes", Harm::stops), kind_of("delay", "packets"),
      kind_of("remove", "members", Harm::stops, overtime),
      kind_of("replace", "members", Harm::stops, overtime)};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto wish = options();
    wish.faults = {"kill", "delay", "remove", "replace"};
    wish.duration = 60'000'000'000;
    wish.overlap = 2;
    wish.seed = seed;
    std::int64_t free_from = 0;
    std::set<std::string> drawn;
    for (const auto& fault : draw_schedule(wish, with_members)) {
      drawn.insert(fault.fault);
      if (fault.fault == "kill" || fault.fault == "delay") continue;
      EXPECT_GE(fault.at, free_from);
      free_from = fault.at + fault.duration + 2 * overtime;
    }
    EXPECT_LE(free_from, wish.duration);
    EXPECT_EQ(drawn.size(), 4u);
  }
}

TEST(Schedule, WhatTakesMoreOvertimeThanThereIsComesUpAllTheSame) {
  auto wish = options();
  wish.faults = {"remove"};
  EXPECT_FALSE(
      draw_schedule(wish, {kind_of("remove", "members", Harm::stops, 60'000'000'000)}).empty());
}

TEST(Schedule, AKindThatDidNotFitComesUpAsSoonAsItDoes) {
  const std::vector<FaultKind> crowded = {
      kind_of("kill", "processes"), kind_of("stop", "processes"), kind_of("pause", "processes"),
      kind_of("delay", "packets")};
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto wish = options();
    wish.faults = {"kill", "stop", "pause", "delay"};
    wish.overlap = 2;
    wish.seed = seed;
    std::map<std::string, int> drawn;
    for (const auto& fault : draw_schedule(wish, crowded)) ++drawn[fault.fault];
    EXPECT_EQ(drawn.size(), 4u);
    EXPECT_LE(std::abs(drawn["kill"] - drawn["stop"]), 1);
    EXPECT_LE(std::abs(drawn["kill"] - drawn["pause"]), 1);
  }
}

class LatestEnds : public ::testing::Test {
 protected:
  static PlannedFault lasting(const std::string& name, std::int64_t at, std::int64_t end) {
    PlannedFault fault;
    fault.fault = name;
    fault.at = at * second;
    fault.duration = (end - at) * second;
    return fault;
  }
  std::vector<double> ends(const std::vector<PlannedFault>& schedule) {
    std::vector<double> seconds;
    for (const auto end : latest_ends(schedule, kinds_))
      seconds.push_back(static_cast<double>(end) / second);
    return seconds;
  }
  static constexpr std::int64_t second = 1'000'000'000;
  const std::vector<FaultKind> kinds_ = {
      kind_of("kill", "processes", Harm::stops), kind_of("cut", "topology", Harm::stops),
      kind_of("delay", "packets"), kind_of("jump", "clocks"), kind_of("drift", "clocks")};
};

TEST_F(LatestEnds, AFaultMayLastAsLongAgainButNotIntoTheNextOfItsLane) {
  EXPECT_EQ(ends({lasting("delay", 0, 2), lasting("jump", 9, 11)}), (std::vector<double>{4, 13}));
  EXPECT_EQ(ends({lasting("delay", 0, 2), lasting("jump", 3, 5)}), (std::vector<double>{2.5, 7}));
  EXPECT_EQ(ends({lasting("delay", 0, 2), lasting("jump", 1, 3), lasting("kill", 3, 4)}),
            (std::vector<double>{2.5, 5, 5}));
}

TEST_F(LatestEnds, NotIntoOneOfItsResource) {
  const std::vector<PlannedFault> schedule = {lasting("delay", 0, 5), lasting("kill", 1, 5),
                                              lasting("jump", 2, 3), lasting("drift", 4, 5)};
  EXPECT_EQ(ends(schedule)[2], 3.5);
}

TEST_F(LatestEnds, WhereStoppingFaultsAreOneAtATimeTheyStaySo) {
  const auto one_at_a_time = {lasting("delay", 0, 5), lasting("jump", 1, 5), lasting("kill", 2, 5),
                              lasting("cut", 6, 7)};
  EXPECT_EQ(ends(one_at_a_time)[2], 5.5);
  const auto any = {lasting("cut", 0, 5), lasting("kill", 1, 5), lasting("delay", 2, 5),
                    lasting("cut", 6, 7)};
  EXPECT_EQ(ends(any)[1], 9);
}

TEST_F(LatestEnds, NeverBeforeThePlannedEnd) {
  EXPECT_EQ(ends({lasting("delay", 0, 2), lasting("jump", 2, 3)})[0], 2);
}

TEST(Schedule, OneNodeHasNoMinority) {
  const std::vector<FaultKind> kill = {{"kill", "", {}, {"minority", "all"}, 1, {}}};
  auto wish = options();
  wish.faults = {"kill"};
  wish.hosts = {"n1"};
  for (const auto& fault : draw_schedule(wish, kill)) EXPECT_EQ(fault.target, "all");
  wish.targets = {"minority"};
  EXPECT_THROW(draw_schedule(wish, kill), Error);
}

TEST(Schedule, WhatDoesNotFitIsOneClearError) {
  auto wish = options();
  wish.duration = 1'000'000'000;
  EXPECT_THROW(draw_schedule(wish, kinds), Error);
  wish = options();
  wish.hosts = {"n1"};
  EXPECT_THROW(draw_schedule(wish, kinds), Error);
  wish = options();
  wish.targets = {"leader"};
  EXPECT_THROW(draw_schedule(wish, kinds), Error);
  wish = options();
  wish.faults = {"meteor"};
  EXPECT_THROW(draw_schedule(wish, kinds), Error);
}

}  // namespace
}  // namespace tribunal
