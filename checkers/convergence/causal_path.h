// How one operation comes to be before another in the causal order, in as few operations as can be.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

struct CausalLink {
  std::uint32_t from, to;  // places in History::operations
  const char* why;         // "session order" or "reads from"
};

// A moment of a session: after its first `steps` steps, when `operation` was called.
struct SessionMoment {
  std::uint32_t session, steps;
  std::uint32_t operation;
};

// The links from the write of `version` (not an initial one) to that operation, in their order;
// empty: it is not before it. O(steps).
std::vector<CausalLink> causal_path(const Versions& versions, std::uint32_t version,
                                    const SessionMoment& moment);

}  // namespace tribunal
