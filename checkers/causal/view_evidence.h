// Why one session has no order of its reads and all writes.
#pragma once

#include "checkers/causal/session_views.h"
#include "harness/record/verdict.h"

namespace tribunal {

// `causal`: the base order is co; else session order alone.
Evidence view_evidence(const History& history, const Versions& versions,
                       const ViewConflict& conflict, bool causal);

}  // namespace tribunal
