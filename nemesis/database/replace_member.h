// A member is put out, loses its data and comes back at once under another identity.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind replace_member_fault();

}  // namespace tribunal
