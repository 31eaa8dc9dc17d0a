// The database may take little more memory than it has on some hosts, until the heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind memory_pressure_fault();

}  // namespace tribunal
