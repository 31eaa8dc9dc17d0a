#include "harness/record/words.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace tribunal {
namespace {

using Ms = Milliseconds;

TEST(Words, TimesHaveUnitsAndBounds) {
  EXPECT_EQ(parse_time("30s", Ms(0), Ms(100'000)), Ms(30'000));
  EXPECT_EQ(parse_time("30", Ms(0), Ms(100'000)), Ms(30'000));
  EXPECT_EQ(parse_time("1.5m", Ms(0), Ms(100'000)), Ms(90'000));
  EXPECT_EQ(parse_time("500ms", Ms(0), Ms(100'000)), Ms(500));
  for (const char* bad : {"", "fast", "-1s", "3 weeks", "101s", "nan", "1e99s", "30s "}) {
    EXPECT_THROW(parse_time(bad, Ms(0), Ms(100'000)), std::invalid_argument) << bad;
  }
}

TEST(Words, CountsAreWholeAndBounded) {
  EXPECT_EQ(parse_count("7", 1, 50), 7u);
  for (const char* bad : {"", "0", "51", "3.5", "3x", "-3", "99999999999999999999"}) {
    EXPECT_THROW(parse_count(bad, 1, 50), std::invalid_argument) << bad;
  }
}

TEST(Words, SizesHaveUnits) {
  EXPECT_EQ(parse_bytes("2GiB"), std::size_t{2} << 30);
  EXPECT_EQ(parse_bytes("100MB"), 100'000'000u);
  for (const char* bad : {"2", "10kB", "lots", "-1GiB"})
    EXPECT_THROW(parse_bytes(bad), std::invalid_argument) << bad;
}

TEST(Words, ListsAndPairsNameEachOnce) {
  EXPECT_EQ(parse_list("kill, pause"), (std::vector<std::string>{"kill", "pause"}));
  EXPECT_TRUE(parse_list("none").empty());
  EXPECT_THROW(parse_list("kill,,pause"), std::invalid_argument);
  EXPECT_THROW(parse_list("kill,kill"), std::invalid_argument);
  EXPECT_EQ(parse_pairs("a=1,b=2").at("b"), "2");
  EXPECT_THROW(parse_pairs("a"), std::invalid_argument);
  EXPECT_THROW(parse_pairs("=1"), std::invalid_argument);
}

}  // namespace
}  // namespace tribunal
