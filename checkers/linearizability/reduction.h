// Why a key is not linearizable, found by the search: the history reduced by steps that could never
// make a linearizable one impossible, until a handful of operations is left.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/search.h"
#include "checkers/watch.h"
#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// What is left: operations that are impossible by themselves, from any of `starts`.
struct Reduced {
  std::vector<Entry> entries;
  std::vector<std::uint32_t>
      starts;  // states possible just after the event `from`; empty: the first
  std::uint32_t from = 0;
};

// pre: the search found `operations`, one key's, impossible at the event `impossible_at`. Spends a
// fixed number of steps, so that the same history is always reduced the same way, unless `watch`
// ends it sooner.
Reduced reduced(const History& history, StateSpace& space,
                std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                Watch& watch);

Evidence reduction(const History& history, StateSpace& space,
                   std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                   Watch& watch);

}  // namespace tribunal
