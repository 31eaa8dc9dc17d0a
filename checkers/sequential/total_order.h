// Finds a sequential order, or that there is none.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "checkers/sequential/order_problem.h"
#include "checkers/watch.h"

namespace tribunal {

struct OrderFinding {
  enum Answer : std::uint8_t { found, impossible, spent };
  Answer answer = spent;
  bool searched = false;             // saturation alone did not decide it
  std::vector<std::uint32_t> order;  // found: steps of the problem in a sequential order
};

// Saturates first, which refutes most; then searches over how far each session has come, reads and
// writes that hinder nobody first, and never from one such point twice. Exponential in the worst
// case, as the problem is NP-hard (Gibbons and Korach 1997); it ends when the watch says so.
OrderFinding find_order(const OrderProblem& problem, Watch& watch);

}  // namespace tribunal
