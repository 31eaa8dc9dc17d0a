// Ids: none is given twice.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

Verdict check_unique_ids(const History& history, const CheckOptions& options, const Budget& budget);

}  // namespace tribunal
