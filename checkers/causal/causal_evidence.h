// Why no causal order works: each arrow names where it comes from.
#pragma once

#include <span>

#include "checkers/causal/patterns.h"
#include "checkers/versions/witness.h"

namespace tribunal {

// So few hops of a path are explained one by one; of a longer one, its ends.
Evidence miss_evidence(const History& history, const Versions& versions, const CausalMiss& miss);

// pre: order.cyclic()
Evidence cyclic_evidence(const History& history, const Versions& versions,
                         const CausalOrder& order);

// A cycle of co and `orders` through `closing`, which is one of them. `orders` sorted.
Evidence conflict_evidence(const History& history, const Versions& versions,
                           std::span<const Ordered> orders, const Ordered& closing);

// The smallest such cycle among those through a few orders between steps that are `caught`.
Evidence smallest_conflict(const History& history, const Versions& versions,
                           std::span<const Ordered> orders, std::span<const std::uint32_t> caught);

}  // namespace tribunal
