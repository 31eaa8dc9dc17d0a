// A register with reads, writes and compare-and-sets.
#pragma once

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct RegisterModel : ValueModel {
  bool nil_fits_all = false;  // a read of nil: whether nobody knows what was read

  bool step(State& state, const Operation& operation) const {
    switch (operation.function) {
      case Function::read:
        return operation.value == state || (nil_fits_all && operation.value.is_nil());
      case Function::write:
        state = operation.value;
        return true;
      default:
        if (operation.value != state) return false;
        state = operation.to;
        return true;
    }
  }
  // What nobody needs to find is as good as what it is at first.
  std::vector<State> beginnings(std::span<const Operation> operations) const {
    std::vector<State> states = {initial};
    for (const Operation& operation : operations) {
      if (const auto value = observes(operation)) states.push_back(*value);
    }
    return states;
  }
  static bool only_looks(const Operation& operation) {
    return operation.function == Function::read ||
           (operation.function == Function::cas && operation.value == operation.to);
  }
  static bool overwrites(const Operation& operation) {
    return operation.function == Function::write;
  }
  static std::vector<Value> parts(const Operation& operation) {
    if (operation.function == Function::cas) return {operation.value, operation.to};
    return {operation.value};
  }
  static std::optional<Value> leaves(const Operation& operation) {
    if (operation.function == Function::read) return {};
    return operation.function == Function::cas ? operation.to : operation.value;
  }
  std::optional<Value> observes(const Operation& operation) const {
    if (operation.function == Function::write) return {};
    if (operation.function == Function::read && nil_fits_all && operation.value.is_nil()) return {};
    return operation.value;
  }
};

}  // namespace tribunal
