// What went into a queue and came out of it, copy by copy, in O(n log n).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

// A copy of an element that came out though none could.
struct WrongDequeue {
  static constexpr std::uint32_t none = Operation::never;
  bool repeated = false;         // it came out before, as often as it was put in by then; false:
                                 // nobody put it in, or only enqueues that failed or began later
  std::uint32_t dequeue = 0;     // place
  std::uint32_t earlier = none;  // place of a dequeue that had it before
  std::uint32_t enqueue = none;  // place of one, whatever its outcome and time
};

// A look that found the queue empty, though elements that were acknowledged before it never came
// out: so many are certainly lost, for lost answers of dequeues may have had the others.
struct QueueLoss {
  std::uint64_t elements = 0;  // certainly lost; 0: none
  std::uint64_t missing = 0;   // never came out
  std::uint32_t look = 0;      // place
};

struct QueueAccounts {
  std::uint64_t attempts = 0, acknowledged = 0, dequeued = 0, unknown_dequeues = 0, looks = 0;
  std::uint64_t recovered = 0;  // came out, though no enqueue of it was acknowledged
  std::uint64_t missing = 0;    // acknowledged, and never seen to come out
  std::uint64_t unsought = 0;   // of them, those after which no look found the queue empty
  std::vector<WrongDequeue> wrong;
  std::vector<std::uint32_t> never_out;  // places of enqueues, by their ends
  QueueLoss loss;
  bool complete = false;  // false: the budget was spent
};

// Whether it takes out all there is, as in some of Jepsen's histories.
bool is_drain(const History& history, const Operation& operation);

QueueAccounts accounts_of(const History& history, std::span<const std::uint32_t> operations,
                          Watch& watch);

}  // namespace tribunal
