// What can happen to the files of a database.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

const std::vector<FaultKind>& disk_faults();

}  // namespace tribunal
