// Log-linear judges of one object whose values are each inserted at most once: no search, at any
// concurrency. A monitor checks its own premises and says so where they do not hold; it never
// guesses. After Lee and Mathur, "Efficient decrease-and-conquer linearizability monitoring"
// (OOPSLA 2025), with lost answers added.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

struct MonitorFinding {
  enum Result { linearizable, violated, not_applicable, spent };
  Result result = spent;
  std::string why;                     // empty if linearizable
  std::vector<std::uint32_t> witness;  // places in History::operations, the few that conflict
};

// Each judges the operations of one object, given as places in order of invocation; it begins
// empty. What failed never counts. An insert of unknown outcome counts only if its value was
// removed: taking a value out of a linearization leaves a linearization.

// add and remove of an element: an ok add found it absent, an ok remove found it present. Reads of
// the whole set are not for it.
MonitorFinding monitor_set(const History& history, std::span<const std::uint32_t> operations,
                           Watch& watch);

// enqueue, and dequeue of a value or of null: nothing was inside. Exact also with dequeues of
// unknown outcome, which may have removed anything.
MonitorFinding monitor_queue(const History& history, std::span<const std::uint32_t> operations,
                             Watch& watch);

// push, and pop of a value or of null. With pops of unknown outcome it may be not applicable:
// `violated` and `linearizable` are proved, but some histories are neither.
MonitorFinding monitor_stack(const History& history, std::span<const std::uint32_t> operations,
                             Watch& watch);

// enqueue of an integer, and dequeue of the largest inside or of null. Lost dequeues: as pops.
MonitorFinding monitor_priority_queue(const History& history,
                                      std::span<const std::uint32_t> operations, Watch& watch);

// add of a delta and read of the sum, which begins at zero. Exact where every delta is the same
// positive one, or zero; else not applicable, since it is then a matter of subset sums.
MonitorFinding monitor_counter(const History& history, std::span<const std::uint32_t> operations,
                               Watch& watch);

}  // namespace tribunal
