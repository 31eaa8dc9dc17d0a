// Logs, one a key, each element appended once: reads are its beginnings, appends stand in the order
// of real time, nothing acknowledged is missing, nothing comes twice.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Option linearizable (true): a read that lacks what was acknowledged, or read, before it began
// convicts even if a later one has it; with false such reads are only counted. With true it is
// exact: what it acquits has an order. O(n log n) and the elements of all different reads.
Verdict check_log(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
