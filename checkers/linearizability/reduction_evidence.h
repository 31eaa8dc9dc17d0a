// Tells a reader why a handful of operations fits in no order.
#pragma once

#include "checkers/linearizability/reduction.h"

namespace tribunal {

Evidence evidence_of(const History& history, StateSpace& space, const Reduced& left,
                     std::uint32_t impossible_at, Watch& watch);

}  // namespace tribunal
