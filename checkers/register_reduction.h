// Why a register with repeated values is not linearizable: the history reduced by deletions that
// could never make a linearizable one impossible, until a handful of operations is left.
#pragma once

#include <cstdint>
#include <span>

#include "checkers/watch.h"
#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// pre: the search found `operations`, one key's, impossible at the event `impossible_at`. Spends a
// fixed number of steps, so that the same history is always reduced the same way, unless `watch`
// ends it sooner.
Evidence register_reduction(const History& history, Value initial,
                            std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                            Watch& watch);

}  // namespace tribunal
