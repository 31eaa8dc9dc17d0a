// The database gets a small share of one processor on some hosts, until the heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind cpu_pressure_fault();

}  // namespace tribunal
