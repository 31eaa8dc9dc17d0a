// Why one step is before another in the causal order: the fewest reads-from hops between them.
#pragma once

#include <span>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

// An order between two versions beside co: `read` returned `to` and knew of `from`, or its list has
// `from` before `to`.
struct Ordered {
  std::uint32_t from, to, read;  // versions; a step

  friend auto operator<=>(const Ordered&, const Ordered&) = default;
};

// Steps from `from` to `to`, both included; neighbours are in one session, in its order, or the
// second reads what the first wrote. Fewest hops from session to session. Empty: there is no such
// path. O(n). `orders`: further edges, sorted.
std::vector<std::uint32_t> causal_path(const Versions& versions, std::uint32_t from,
                                       std::uint32_t to, std::span<const Ordered> orders = {});

}  // namespace tribunal
