// Registers, one a key, with reads, writes and compare-and-sets: is every key linearizable? The
// model cas-register, with what a workload of registers records: a read of nil found nothing there.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: `initial`, what every register holds at first; `nil`, what a read of nil means: `absent`
// (the default) or `any`.
Verdict check_linearizable_register(const History& history, const CheckOptions& options,
                                    const Budget& budget);

}  // namespace tribunal
