// The network is there, and bad: faults that delay, lose, double, reorder, corrupt, slow or hold
// packets, and one that lets connections linger.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

std::vector<FaultKind> packet_faults();

}  // namespace tribunal
