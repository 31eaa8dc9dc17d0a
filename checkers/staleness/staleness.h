// How stale reads are, measured, and held against a target such as "99 % within 100 ms".
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: freshness=0.99 and within=100ms ask that this share of reads sees every write that was
// acknowledged so long before the read was called; only reads with such a write count, and the 95 %
// interval (Wilson) of their share decides. outside-faults=true counts only reads before which no
// fault lasted for as long as `within`. Without a target nothing is claimed: what was measured is
// in the figures, and the verdict vacuous.
// Registers with unique values and append lists; where nothing else orders two writes that do not
// overlap, real time does. After Bailis et al., "Probabilistically Bounded Staleness", VLDB 2012.
Verdict check_staleness(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
