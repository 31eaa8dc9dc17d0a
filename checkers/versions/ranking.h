// The order of a key's versions where something other than reads tells it.
#pragma once

#include <cstdint>
#include <span>

#include "checkers/versions/versions.h"
#include "checkers/watch.h"

namespace tribunal {

// Gives the versions of a key, the initial one left out, their ranks in that order.
void rank_key(Versions& versions, std::uint32_t key, std::span<const std::uint32_t> order);

// Ranks the registers by the database's own numbers of versions, if every version of a key that
// counts has one, the same wherever it is met, and no two the same. pre: `steps` are there, and
// `ranked` has a place for each key. O(n log n). Returns whether the watch let it come to its end.
bool rank_numbers(const History& history, Watch& watch, Versions& versions);

}  // namespace tribunal
