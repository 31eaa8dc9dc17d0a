// Finds a sequential order, or that there is none.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/sequential/order_problem.h"
#include "checkers/watch.h"

namespace tribunal {

struct OrderFinding {
  enum Answer : std::uint8_t { found, impossible, spent };
  Answer answer = spent;
  std::uint64_t tried = 0;           // orders of two writes that were assumed; 0: none had to be
  std::uint64_t refuted = 0;         // of those, the ones that turned out to be impossible
  std::vector<std::uint32_t> order;  // found: steps of the problem in a sequential order
};

// Saturates first, which refutes most. Then it assumes an order of two writes of a key that have
// none yet, saturates, and so on; what leads to a contradiction is taken back and the opposite
// holds. After a contradiction the same two writes are looked at first (Lecoutre and others,
// "Reasoning from last conflict(s) in constraint programming", 2009), then the other writes of
// their key, and from time to time all begins anew but for what was refuted without an assumption.
// Exponential in the worst case, as the problem is NP-hard (Gibbons and Korach 1997); it ends when
// the watch says so.
OrderFinding find_order(const OrderProblem& problem, Watch& watch);

}  // namespace tribunal
