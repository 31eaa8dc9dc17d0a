// A counter: add n (also negative), and read. A read of nil found it as it was at first.
#pragma once

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
  static bool only_looks(const Operation& operation) {
    return operation.function == Function::read || operation.value == Value::integer(0);
  }
  static std::string show(const State& state) { return std::to_string(state); }
  static std::uint64_t hash(const State& state) { return static_cast<std::uint64_t>(state); }
  static std::size_t bytes(const State&) { return 0; }
};

}  // namespace tribunal
