// The database is asked to end, as an operator would, and is started again at the heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind stop_fault();

}  // namespace tribunal
