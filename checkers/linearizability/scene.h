// What all shares of a search see, and what they tell each other of their budget.
#pragma once

#include <atomic>
#include <vector>

#include "checkers/linearizability/layer.h"
#include "checkers/linearizability/open_operations.h"
#include "checkers/linearizability/outdoing.h"
#include "checkers/watch.h"

namespace tribunal {

// Only the atomic members change during a pass.
template <std::size_t words>
struct Scene {
  Scene(StateSpace& space, const SearchTask& task, Watch& watch)
      : scope(task.scope), open(space, task.entries, watch), order(task.scope) {}

  const SearchScope scope;
  OpenOperations open;
  std::vector<std::uint32_t> ahead;  // moves that look, of operations to begin soon
  Outdoing<words> order;
  std::uint32_t now = 0;
  std::size_t owners = 1;                            // how many shares have configurations
  std::size_t held = 0;                              // bytes, beside the shares' and the space's
  std::atomic<std::size_t> bytes{0}, most_bytes{0};  // of all shares; with all else, at most
  std::atomic<bool> exhausted{false};                // time or memory is spent
};

}  // namespace tribunal
