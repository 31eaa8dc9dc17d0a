// Chance, always seeded from the spec and passed by hand. The draws are our own because those of
// <random> differ from one standard library to the next, and a seed must mean the same run
// everywhere.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace tribunal {

// xoshiro256** (Blackman and Vigna, 2018), 32 bytes, seeded by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  // A stream of its own for one use (`stream`, and which one of them), so that drawing more in one
  // place never changes what is drawn in another.
  static Random stream(std::uint64_t seed, std::string_view stream, std::uint64_t which = 0);

  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);                   // uniform in [0, bound), bound > 0
  std::int64_t between(std::int64_t low, std::int64_t high);  // uniform in [low, high]
  double unit();                                              // uniform in [0, 1)

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  template <class T>
  const T& pick(const std::vector<T>& items) {
    return items[below(items.size())];
  }

 private:
  std::uint64_t state_[4];
};

}  // namespace tribunal
