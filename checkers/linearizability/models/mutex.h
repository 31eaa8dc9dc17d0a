// Locks: free or held, by whom, how often, and with what fence.
#pragma once

#include <fmt/core.h>

#include <limits>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct LockState {
  std::uint32_t owner = 0;
  std::uint32_t held = 0;  // 0: free
  std::int64_t fence = std::numeric_limits<std::int64_t>::min();
  friend bool operator==(const LockState&, const LockState&) = default;
};

struct LockModel : PlainModel {
  using State = LockState;
  static State start() { return {}; }
  static std::string show(const State& state) {
    return state.held == 0 ? "free" : fmt::format("held by process {}", state.owner);
  }
  static std::uint64_t hash(const State& state) {
    return mixed(mixed(state.owner, state.held), static_cast<std::uint64_t>(state.fence));
  }
  static std::size_t bytes(const State&) { return 0; }
};

// Any process may release it.
struct MutexModel : LockModel {
  static bool step(State& state, const Operation& operation) {
    const bool acquires = operation.function == Function::acquire;
    if (acquires == (state.held != 0)) return false;
    state.held = acquires ? 1 : 0;
    return true;
  }
  static std::vector<State> beginnings(std::span<const Operation>) { return {{}, {0, 1}}; }
  static std::string show(const State& state) { return state.held == 0 ? "free" : "held"; }
};

// Who holds it may acquire it again, and releases it as often.
struct ReentrantMutexModel : LockModel {
  static constexpr bool by_owner = true;
  static bool step(State& state, const Operation& operation) {
    if (operation.function == Function::acquire) {
      if (state.held != 0 && state.owner != operation.process) return false;
      state.owner = operation.process;
      ++state.held;
      return true;
    }
    if (state.held == 0 || state.owner != operation.process) return false;
    if (--state.held == 0) state.owner = 0;
    return true;
  }
  // Held as often as it is released, or once more.
  static std::vector<State> beginnings(std::span<const Operation> operations) {
    std::vector<State> states = {{}};
    for (const Operation& operation : operations) {
      std::uint32_t releases = 0;
      for (const Operation& other : operations)
        releases += other.function == Function::release && other.process == operation.process;
      for (std::uint32_t held = 1; held <= releases + 1; ++held)
        states.push_back({operation.process, held});
    }
    if (!operations.empty()) states.push_back({UINT32_MAX, 1});  // by someone else
    return states;
  }
};

// An acquisition answers a fence greater than all before it; nil: nobody knows which. Only who
// holds it releases it.
struct FencedMutexModel : LockModel {
  static constexpr bool by_owner = true;
  static bool step(State& state, const Operation& operation) {
    if (operation.function == Function::acquire) {
      if (state.held != 0) return false;
      if (operation.value.is_integer()) {
        if (operation.value.as_integer() <= state.fence) return false;
        state.fence = operation.value.as_integer();
      }
      state.owner = operation.process;
      state.held = 1;
      return true;
    }
    if (state.held == 0 || state.owner != operation.process) return false;
    state.held = state.owner = 0;
    return true;
  }
  static std::vector<State> beginnings(std::span<const Operation> operations) {
    std::vector<State> states = {{}};
    for (const Operation& operation : operations) states.push_back({operation.process, 1});
    return states;
  }
};

}  // namespace tribunal
