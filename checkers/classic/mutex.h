// Locks, one a key, each released by who holds it: no two hold it at once, and where fences are
// given they grow.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Exact, in O(n log n): what it acquits has an order. A lock that anybody may release is for the
// checker linearizable with its model mutex.
Verdict check_mutex(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
