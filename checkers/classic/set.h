// Grow-only sets, one a key, worked by add and by reads of the whole: nothing acknowledged or once
// read goes missing, nothing appears that was not added, nothing twice.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: linearizable (true): an element that is missing from a read that began after it was
// known, and in a later one, convicts; with false it is only counted.
Verdict check_set(const History& history, const CheckOptions& options, const Budget& budget);

// The same under Jepsen's name and with Jepsen's default: linearizable (false).
Verdict check_set_full(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
