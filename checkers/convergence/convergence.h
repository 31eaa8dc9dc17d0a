// After the last heal and with no more writes, all replicas come to hold the same, nothing
// acknowledged is lost and nothing that was gone comes back.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Judges what was read from the nemesis's record `last-look` on (option last-look=EVENT where a
// history has none). Options: converge-within=TIME: agreement later than that after the look began
// convicts, and so does disagreement for as long; without it, only disagreement for 5 s. Registers,
// append lists, sets and counters, one kind a history. O(n) beside the causal order.
Verdict check_convergence(const History& history, const CheckOptions& options,
                          const Budget& budget);

}  // namespace tribunal
