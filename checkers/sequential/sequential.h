// Sequential consistency: one order of all operations of all keys that keeps each session's order.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Registers whose values are unique, and append lists. Lamport 1979. Refuted by orders that follow
// from each other wherever they contradict (saturation.h); else by assuming further ones
// (total_order.h), which is NP-hard, and what the budget does not decide is inconclusive. Real time
// plays no part.
Verdict check_sequential(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
