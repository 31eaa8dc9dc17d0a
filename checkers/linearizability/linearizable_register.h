// Registers, one a key, with reads, writes and compare-and-sets: is every key linearizable?
// Near-linear where each value is written once (register_zones.h), a general search for other keys
// (search.h).
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: `initial`, what every register holds at first.
Verdict check_linearizable_register(const History& history, const CheckOptions& options,
                                    const Budget& budget);

}  // namespace tribunal
