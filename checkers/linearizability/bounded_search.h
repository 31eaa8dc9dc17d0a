// The search of a key whose lost operations can be used in too many ways: bounds from both sides
// decide most such keys, since what is left of lost operations is seldom what an order hangs on.
#pragma once

#include "checkers/linearizability/search.h"

namespace tribunal {

// As search(): the same answer at the same completion, in fewer steps where there are many lost
// operations. The bounds are asked once so many `first_steps` were not enough, as they are for most
// keys. pre: task.scope is exact; nothing is asked for in look_after.
SearchResult bounded_search(StateSpace& space, const SearchTask& task, Watch& watch,
                            std::uint64_t first_steps = 50'000);

}  // namespace tribunal
