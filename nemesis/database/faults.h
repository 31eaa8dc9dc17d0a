// What an operator does to a database while it runs: members come and go, chores are done.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

const std::vector<FaultKind>& database_faults();

}  // namespace tribunal
