// Counters, one a key: what a read returns lies between what certainly was counted before it and
// what may have been counted by its end.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Jepsen's counter: every delta is 0 or more; Error(usage) otherwise.
Verdict check_counter(const History& history, const CheckOptions& options, const Budget& budget);

// The same for counters that also count down.
Verdict check_pn_counter(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
