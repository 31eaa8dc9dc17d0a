// What the tests of clocks measure with, nanoseconds.
#pragma once

#include <cstdint>

namespace tribunal {

inline constexpr std::int64_t one_second = 1'000'000'000;
inline constexpr std::int64_t near_enough = 5'000'000;  // to where a clock should be

}  // namespace tribunal
