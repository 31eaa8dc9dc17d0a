// A log: append, and read whole. A read of nil found nothing in it.
#pragma once

#include <algorithm>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct LogModel : ListModel {
  bool fits(const State& state, const Operation& read) const {
    const auto elements = answer(read);
    return is_answer(read) &&
           std::equal(state.begin(), state.end(), elements.begin(), elements.end());
  }
  bool step(State& state, const Operation& operation) const {
    if (operation.function == Function::read) return fits(state, operation);
    state.push_back(operation.value);
    return true;
  }
  static bool blind(const Operation& operation) { return operation.function != Function::read; }
  // Nothing is ever taken away.
  bool leads(const State& state, const Operation& append, const Operation& read) const {
    const auto elements = answer(read);
    return elements.size() > state.size() && elements[state.size()] == append.value &&
           std::equal(state.begin(), state.end(), elements.begin());
  }
  // What was read first, less what may have been appended last.
  std::vector<State> beginnings(std::span<const Operation> operations) const {
    std::vector<State> states = {initial};
    std::size_t appends = 0;
    for (const Operation& operation : operations) appends += operation.function != Function::read;
    for (const Operation& operation : operations) {
      if (operation.function != Function::read) continue;
      const auto read = answer(operation);
      for (std::size_t less = 0; less <= std::min(appends, read.size()); ++less)
        states.emplace_back(read.begin(), read.end() - static_cast<std::ptrdiff_t>(less));
      if (states.size() > most_beginnings) break;
    }
    return states;
  }
  // What was appended, every later read shows.
  static bool add_marks(const Operation& operation, std::vector<Value>& marks) {
    if (operation.function != Function::read) marks.push_back(operation.value);
    return operation.function != Function::read;
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
