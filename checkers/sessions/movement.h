// Whether sessions moved between nodes: without it, most of these anomalies cannot show.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

struct SessionMoves {
  std::uint64_t sessions = 0, moved = 0;  // moved: those that visited more than one node

  std::string caution() const;  // to be added to a satisfied verdict's reason; empty: none
};

SessionMoves movement_of(const History& history, const Versions& versions);

// "12 of 4,310 reads, 0.28 %".
std::string rate(std::uint64_t bad, std::uint64_t all, const std::string& what);

}  // namespace tribunal
