// A schedule follows from its seed, fits its run and deals every kind.
#include "harness/run/schedule.h"

#include <gtest/gtest.h>

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
