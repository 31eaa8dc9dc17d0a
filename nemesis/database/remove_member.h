// A member is put out while it runs and keeps its data; it comes back with none, at the heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind remove_member_fault();

}  // namespace tribunal
