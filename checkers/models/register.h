// A register with reads, writes and compare-and-sets, as the general search sees it.
#pragma once

#include <cstdint>

#include "harness/record/history.h"

namespace tribunal {

struct RegisterModel {
  using State = Value;

  Value initial;

  State start() const { return initial; }

  // Whether `operation` can take effect in `state`, which becomes the one after it.
  static bool step(State& state, const Operation& operation) {
    switch (operation.function) {
      case Function::read:
        return operation.value == state;
      case Function::write:
        state = operation.value;
        return true;
      case Function::cas:
        if (operation.value != state) return false;
        state = operation.to;
        return true;
      default:
        return false;
    }
  }

  // Whether it never changes any state, so that it may be taken as soon as it fits.
  static bool only_looks(const Operation& operation) {
    return operation.function == Function::read ||
           (operation.function == Function::cas && operation.value == operation.to);
  }

  static std::uint64_t hash(const State& state) { return static_cast<std::uint64_t>(state.bits()); }
};

}  // namespace tribunal
