// A log: append, and read whole. A read of nil found nothing in it.
#pragma once

#include <algorithm>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct LogModel : ListModel {
  bool step(State& state, const Operation& operation) const {
    if (operation.function != Function::read) {
      state.push_back(operation.value);
      return true;
    }
    const auto elements = answer(operation);
    return is_answer(operation) &&
           std::equal(state.begin(), state.end(), elements.begin(), elements.end());
  }
  static bool only_looks(const Operation& operation) {
    return operation.function == Function::read;
  }
};

}  // namespace tribunal
