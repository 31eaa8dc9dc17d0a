// P(fresh | delta): of the pairs of an acknowledged write and a later read of its key, by the time
// between the two, how many reads saw that write or a newer one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace tribunal {

inline constexpr std::size_t curve_buckets = 17;
// From where each bucket goes, in nanoseconds; up to the next one's, the last without an end.
inline constexpr std::array<std::int64_t, curve_buckets> curve_from = {
    0,           100'000,       200'000,       500'000,       1'000'000,     2'000'000,
    5'000'000,   10'000'000,    20'000'000,    50'000'000,    100'000'000,   200'000'000,
    500'000'000, 1'000'000'000, 2'000'000'000, 5'000'000'000, 10'000'000'000};

// Of a share measured on so many draws, in 95 of 100 cases.
struct Interval {
  double low = 0, high = 1;
};
Interval wilson(std::uint64_t hits, std::uint64_t draws);

struct Curve {
  std::array<std::uint64_t, curve_buckets> pairs{}, fresh{};

  Curve operator-(const Curve& part) const;  // pre: a part of it
  std::uint64_t total() const;
  // "10 ms 0.912 (0.890-0.930) of 1,234; 20 ms ...", without buckets that hold no pair: the time
  // from which a bucket goes, the share, its 95 % interval, the pairs.
  std::string text() const;
  // The first bucket whose lower bound is at least `share`.
  std::optional<std::size_t> reaches(double share) const;
};

// "0 ms", "0.1 ms", "2 s".
std::string time_since(std::int64_t nanoseconds);

}  // namespace tribunal
