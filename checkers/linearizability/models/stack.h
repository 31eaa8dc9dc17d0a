// A stack: push and pop. A pop of nil found it empty, or nil on top; one whose answer was lost may
// have taken whatever lay there.
#pragma once

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct StackModel : ContainerModel {
  static bool step(State& state, const Operation& operation) {
    if (operation.function == Function::push) {
      state.push_back(operation.value);
      return true;
    }
    if (state.empty()) return found_empty(operation);
    if (!took(operation, state.back())) return false;
    state.pop_back();
    return true;
  }
};

}  // namespace tribunal
