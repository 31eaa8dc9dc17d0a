// What can happen to the processes of a database.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

const std::vector<FaultKind>& process_faults();

}  // namespace tribunal
