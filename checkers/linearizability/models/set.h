// A set: add, remove, and read whole, in any order and each element once. A read of nil found
// nothing in it.
#pragma once

#include <algorithm>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct SetModel : ListModel {  // sorted
  bool step(State& state, const Operation& operation) const {
    if (operation.function == Function::read) {
      const auto elements = answer(operation);
      if (!is_answer(operation) || elements.size() != state.size()) return false;
      State read(elements.begin(), elements.end());
      std::sort(read.begin(), read.end());
      return read == state;
    }
    const auto place = std::lower_bound(state.begin(), state.end(), operation.value);
    const bool there = place != state.end() && *place == operation.value;
    if (operation.function == Function::add && !there) state.insert(place, operation.value);
    if (operation.function == Function::remove && there) state.erase(place);
    return true;
  }
  // That an element went in, a read that holds it shows.
  static bool add_marks(const Operation& operation, std::vector<Value>& marks) {
    if (operation.function == Function::add) marks.push_back(operation.value);
    return operation.function == Function::add;
  }
  void add_shown(const Operation& operation, std::span<const Value>,
                 std::vector<Value>& marks) const {
    if (operation.function != Function::read) return;
    const auto elements = answer(operation);
    marks.insert(marks.end(), elements.begin(), elements.end());
  }
  static bool only_looks(const Operation& operation) {
    return operation.function == Function::read;
  }
};

}  // namespace tribunal
