// The check of this machine agrees with what the other tests could do on it.
#include <gtest/gtest.h>

#include "harness/cluster/cell.h"

namespace tribunal {
namespace {

TEST(CheckCell, tries_every_need_and_gives_a_fix_for_each_that_fails) {
  const auto checks = check_cell();
  ASSERT_FALSE(checks.empty());
  for (const auto& check : checks) {
    EXPECT_FALSE(check.why.empty()) << check.what;
    EXPECT_EQ(check.fix.empty(), check.works) << check.what << ": " << check.why;
    EXPECT_TRUE(check.works) << check.what << ": " << check.why << "; " << check.fix;
  }
  if (checks.front().works) {
    EXPECT_EQ(checks.size(), 5u);
  }
}

}  // namespace
}  // namespace tribunal
