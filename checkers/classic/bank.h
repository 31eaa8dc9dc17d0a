// Banks, one a key: money moves between accounts, and no read sees any of it made or lost.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: negative-balances (false): whether an account may be overdrawn; total: of all balances,
// accounts: how many there are. Where these two are not given, the first acknowledged read says.
Verdict check_bank(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
