// Decides complete stack histories by decrease and conquer. O(n log n).
#pragma once

#include <vector>

#include "checkers/linearizability/monitors/contents.h"

namespace tribunal {

// A value whose push and pop each have a moment at which nothing is certainly inside may lie at the
// bottom between those moments, so it can be taken away: what is left is linearizable iff the whole
// is. Gives the places of the elements that cannot be taken away; none: linearizable. If the watch
// is spent on the way, none as well.
std::vector<std::uint32_t> stuck(const std::vector<Stay>& elements, Event end, Watch& watch);

// The fewest elements of these that are stuck by themselves, as far as dropping some shows; pre:
// they are stuck. Stops early when the watch is spent.
std::vector<std::uint32_t> fewest_stuck(const std::vector<Stay>& elements, Event end,
                                        std::vector<std::uint32_t> places, Watch& watch);

}  // namespace tribunal
