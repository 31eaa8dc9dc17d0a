// A counter: add n (also negative), and read. A read of nil found it as it was at first.
#pragma once

#include <algorithm>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct CounterModel : PlainModel {
  using State = std::int64_t;
  std::int64_t initial = 0;

  State start() const { return initial; }
  bool step(State& state, const Operation& operation) const {
    const Value value = operation.value;
    if (operation.function == Function::read)
      return value.is_nil() ? state == initial : value.is_integer() && value.as_integer() == state;
    state = static_cast<std::int64_t>(static_cast<std::uint64_t>(state) +
                                      static_cast<std::uint64_t>(value.as_integer()));
    return true;
  }
  // What was read first, less some of what is added.
  std::vector<State> beginnings(std::span<const Operation> operations) const {
    std::vector<State> states = {initial};
    for (const Operation& operation : operations) {
      if (operation.function == Function::read && operation.value.is_integer())
        states.push_back(operation.value.as_integer());
    }
    for (const Operation& operation : operations) {
      if (operation.function == Function::read) continue;
      const std::size_t count = states.size();
      for (std::size_t i = 0; i < count; ++i) {
        if (states.size() > most_beginnings) return states;
        states.push_back(states[i] - operation.value.as_integer());
      }
      std::sort(states.begin(), states.end());
      states.erase(std::unique(states.begin(), states.end()), states.end());
    }
    return states;
  }
  static bool only_looks(const Operation& operation) {
    return operation.function == Function::read || operation.value == Value::integer(0);
  }
  static std::string show(const State& state) { return std::to_string(state); }
  static std::uint64_t hash(const State& state) { return static_cast<std::uint64_t>(state); }
  static std::size_t bytes(const State&) { return 0; }
};

}  // namespace tribunal
