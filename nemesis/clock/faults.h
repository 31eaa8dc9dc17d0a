// What can happen to the clocks that a database reads.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

const std::vector<FaultKind>& clock_faults();

}  // namespace tribunal
