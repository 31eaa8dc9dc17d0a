// Did enough succeed for any claim to mean something? Counts what was acknowledged, in all, by
// process, by key and while each fault lasted.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: the minimums acknowledged (100), acknowledged-reads (20), acknowledged-writes (20:
// anything that is no read). A fault window may pass without an answer, for an outage is legal;
// acknowledged-per-window, if it is given, asks for more. Satisfied or vacuous, never violated.
Verdict check_progress(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
