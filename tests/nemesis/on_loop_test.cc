// Which planned faults a run with loop devices takes, and which it refuses with what to say
// instead.
#include "nemesis/disk/on_loop.h"

#include <gtest/gtest.h>

#include "nemesis/catalogue.h"

namespace tribunal {
namespace {

PlannedFault plan(const std::string& fault, std::map<std::string, std::string> options) {
  PlannedFault planned;
  planned.fault = fault;
  planned.options = std::move(options);
  return planned;
}

TEST(OnLoop, faults_of_other_things_and_three_of_disks_are_taken) {
  for (const auto& kind : faults()) {
    const bool of_disks = kind.resource == "disks";
    const bool either =
        kind.name == "power-cut" || kind.name == "disk-full" || kind.name == "disk-read-only";
    EXPECT_EQ(why_not_on_loop(plan(kind.name, {})).empty(), either || !of_disks) << kind.name;
  }
}

TEST(OnLoop, an_option_that_ext4_cannot_have_is_refused_with_the_one_it_has) {
  EXPECT_EQ(why_not_on_loop(plan("power-cut", {{"torn", "no"}, {"sector", "4096"}})), "");
  EXPECT_EQ(why_not_on_loop(plan("power-cut", {{"torn", "yes"}})),
            "torn cannot be yes, since ext4 loses whole pages; say torn=no");
  EXPECT_NE(why_not_on_loop(plan("disk-full", {{"overwrites", "refused"}})), "");
  EXPECT_NE(why_not_on_loop(plan("disk-read-only", {{"paths", "wal/*"}})), "");
  EXPECT_EQ(why_not_on_loop(plan("disk-slow", {{"paths", "*"}})),
            "no file system of the kernel has it by itself");
}

TEST(OnLoop, a_random_schedule_draws_what_it_can_have) {
  EXPECT_EQ(options_on_loop({"kill", "power-cut"}),
            (std::map<std::string, std::string>{{"power-cut.torn", "no"}}));
  for (const auto& [name, value] : options_on_loop({"power-cut", "disk-full", "disk-read-only"})) {
    const auto dot = name.find('.');
    EXPECT_EQ(why_not_on_loop(plan(name.substr(0, dot), {{name.substr(dot + 1), value}})), "");
  }
}

}  // namespace
}  // namespace tribunal
