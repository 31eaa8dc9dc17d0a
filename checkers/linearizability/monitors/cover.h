// Evidence that something was inside all the while: a few stretches that together leave no gap.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/linearizability/monitors/contents.h"

namespace tribunal {

struct Stretch {
  std::uint32_t first, last;  // cells, both included
  std::uint32_t element;      // place in Contents::elements
};

// The fewest of the stretches that cover cells `first` to `last`, or as many of these as can be
// covered: a cell that no stretch covers is passed over. O(n log n).
std::vector<std::uint32_t> cover(std::vector<Stretch> stretches, std::uint32_t first,
                                 std::uint32_t last);

}  // namespace tribunal
