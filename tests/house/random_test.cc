// A seed must mean the same run everywhere, so the draws are fixed for ever.
#include "harness/record/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace tribunal {
namespace {

TEST(Random, ASeedMeansTheSameDrawsForEver) {
  Random random(1);
  EXPECT_EQ(random.next(), 12966619160104079557ULL);
  EXPECT_EQ(random.next(), 9600361134598540522ULL);
}

TEST(Random, StreamsOfOneSeedAreTheirOwn) {
  auto schedule = Random::stream(7, "schedule"), again = Random::stream(7, "schedule");
  auto traffic = Random::stream(7, "traffic"), second = Random::stream(7, "traffic", 1);
  const auto first = schedule.next();
  EXPECT_EQ(first, again.next());
  EXPECT_NE(first, traffic.next());
  EXPECT_NE(traffic.next(), second.next());
}

TEST(Random, DrawsStayInTheirBounds) {
  Random random(3);
  std::vector<int> seen(5);
  for (int i = 0; i < 1000; ++i) {
    ++seen[random.below(5)];
    const auto draw = random.between(-2, 2);
    EXPECT_TRUE(draw >= -2 && draw <= 2);
    const double unit = random.unit();
    EXPECT_TRUE(unit >= 0 && unit < 1);
  }
  EXPECT_GT(*std::min_element(seen.begin(), seen.end()), 150);
}

TEST(Random, AShuffleKeepsEveryItem) {
  Random random(4);
  std::vector<int> items(20);
  std::iota(items.begin(), items.end(), 0);
  auto shuffled = items;
  random.shuffle(shuffled);
  EXPECT_NE(shuffled, items);
  std::sort(shuffled.begin(), shuffled.end());
  EXPECT_EQ(shuffled, items);
}

}  // namespace
}  // namespace tribunal
