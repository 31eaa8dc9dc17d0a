// What an operator does to a database while it serves: nothing of it lasts, so there is nothing to
// undo.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

std::vector<FaultKind> chore_faults();  // compact, defragment, move-leader, snapshot

}  // namespace tribunal
