// Why a register with unique values is not linearizable, shown by a handful of operations.
#pragma once

#include <cstdint>
#include <span>

#include "checkers/linearizability/register_zones.h"
#include "harness/record/verdict.h"

namespace tribunal {

// pre: `found` is what zones found of the operations, other than repeated and spent. Finds the
// first completion that made the history impossible, by two questions or so and by bisection at
// worst, O(n log^2 n), and cuts there; what is then shown is enough to be impossible by itself, but
// for the beginnings of long chains. A spent watch costs only the exactness of the cut.
Evidence register_evidence(const History& history, Value initial,
                           std::span<const std::uint32_t> operations, const ZoneFinding& found,
                           Watch& watch);

}  // namespace tribunal
