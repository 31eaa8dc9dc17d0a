// The operations of one key that can matter, prepared for the search.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/search.h"
#include "checkers/watch.h"

namespace tribunal {

// Nothing that failed, no lost operation that only looks or whose value nobody observed; a lost one
// retires with the last who can observe it. Looks only at what happened up to the event `until`,
// included.
std::vector<Entry> entries_of(const History& history, StateSpace& space,
                              std::span<const std::uint32_t> operations,
                              std::uint32_t until = Operation::never - 1);
// The same; what it gives back counts for nothing once the watch is spent.
std::vector<Entry> entries_of(const History& history, StateSpace& space,
                              std::span<const std::uint32_t> operations, Watch& watch,
                              std::uint32_t until = Operation::never - 1);

}  // namespace tribunal
