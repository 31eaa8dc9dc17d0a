// A member is put out and taken in again, and started on the data that it had: which it must not
// use. At the heal it comes back with none.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind rejoin_old_data_fault();

}  // namespace tribunal
