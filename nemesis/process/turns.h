// Processor pressure where there are no control groups: the database is stopped for most of each
// turn and goes on for the rest, so that it has no more than a share of the time.
#pragma once

#include <memory>

#include "harness/parts/fault.h"

namespace tribunal {

std::unique_ptr<Fault> make_turns(const PlannedFault& plan, double share);

}  // namespace tribunal
