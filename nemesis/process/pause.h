// The database stands still on some hosts, connections open and clocks running, and goes on at the
// heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind pause_fault();

}  // namespace tribunal
