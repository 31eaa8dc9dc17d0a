// How many of the first n numbers of a sequence exceed x: a wavelet matrix (Claude, Navarro and
// Ordóñez, 2015), built in O(m log m), asked in O(log m).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace tribunal {

class PrefixCounts {
 public:
  // Forgets what it held.
  void build(std::span<const std::uint32_t> numbers);
  std::uint32_t above(std::uint32_t n, std::uint32_t x) const;

 private:
  std::vector<std::uint32_t> sorted_;  // the numbers, each by its rank below
  std::vector<std::uint32_t> zeros_;   // by level: size + 1 counts of zero bits so far
  std::size_t size_ = 0;
  unsigned levels_ = 0;
  std::vector<std::uint32_t> ranks_, next_;  // while it is built
};

}  // namespace tribunal
