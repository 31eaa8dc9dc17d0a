// Queues: enqueue and dequeue. A dequeue of nil fits only where nil was enqueued; one whose answer
// was lost may have taken whatever came next.
#pragma once

#include <algorithm>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct FifoQueueModel : ContainerModel {
  static bool step(State& state, const Operation& operation) {
    if (operation.function == Function::enqueue) {
      state.push_back(operation.value);
      return true;
    }
    if (state.empty() || !took(operation, state.front())) return false;
    state.erase(state.begin());
    return true;
  }
};

// In any order. Nobody can tell that an element is gone, so a lost dequeue of who knows what never
// helps.
struct UnorderedQueueModel : ContainerModel {  // sorted
  static bool step(State& state, const Operation& operation) {
    const auto place = std::lower_bound(state.begin(), state.end(), operation.value);
    if (operation.function == Function::enqueue) {
      state.insert(place, operation.value);
      return true;
    }
    if (place == state.end() || *place != operation.value) return false;
    state.erase(place);
    return true;
  }
};

// The largest comes out first: texts and lists, by the order in which the history brought them, lie
// above all integers. A dequeue of nil found it empty.
struct PriorityQueueModel : ContainerModel {  // sorted
  static bool step(State& state, const Operation& operation) {
    if (operation.function == Function::enqueue) return UnorderedQueueModel::step(state, operation);
    if (state.empty()) return found_empty(operation);
    if (!took(operation, state.back())) return false;
    state.pop_back();
    return true;
  }
};

}  // namespace tribunal
