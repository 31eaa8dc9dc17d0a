// The database ends and is started again at once: nothing is down for longer than it takes.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind restart_fault();

}  // namespace tribunal
