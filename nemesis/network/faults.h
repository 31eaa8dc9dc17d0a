// What can happen between hosts, and between clients and hosts.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

const std::vector<FaultKind>& network_faults();

}  // namespace tribunal
