// The database dies again and again on some hosts, and is started again each time, until the heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind crash_loop_fault();

}  // namespace tribunal
