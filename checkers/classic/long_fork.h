// Registers written once each and read several at a time: two reads must not see two writes in two
// orders. What snapshot isolation forbids and parallel snapshot isolation allows.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

Verdict check_long_fork(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
