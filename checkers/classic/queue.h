// Queues, one a key, in whatever order they give: what comes out was put in before, and what was
// put in comes out, if the queue was emptied in the end.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Every element comes out once for each time it was put in, and none is lost.
Verdict check_unordered_queue(const History& history, const CheckOptions& options,
                              const Budget& budget);

// Jepsen's total-queue: the same, but elements may come out more than once.
Verdict check_total_queue(const History& history, const CheckOptions& options,
                          const Budget& budget);

}  // namespace tribunal
