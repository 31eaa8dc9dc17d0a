// Why one step is before another in the causal order: the fewest reads-from hops between them.
#pragma once

#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

// Steps from `from` to `to`, both included; neighbours are in one session, in its order, or the
// second reads what the first wrote. Fewest hops from session to session. Empty: there is no such
// path. O(n).
std::vector<std::uint32_t> causal_path(const Versions& versions, std::uint32_t from,
                                       std::uint32_t to);

}  // namespace tribunal
