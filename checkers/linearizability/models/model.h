// What models share: defaults for what few of them need, and lists of values as states.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checkers/linearizability/state_space.h"

namespace tribunal {

struct PlainModel {
  static constexpr std::size_t most_beginnings = 512;  // one more means that they are too many
  static constexpr bool by_owner = false;
  static constexpr bool answers_inside = false;
  static bool only_looks(const Operation&) { return false; }
  static bool overwrites(const Operation&) { return false; }
  static std::vector<Value> parts(const Operation&) { return {}; }
  static std::optional<Value> leaves(const Operation&) { return {}; }
  static std::optional<Value> observes(const Operation&) { return {}; }
};

struct ValueModel : PlainModel {
  using State = Value;
  const History* history = nullptr;
  Value initial{};

  State start() const { return initial; }
  std::string show(const State& state) const { return history->values.show(state); }
  static std::uint64_t hash(const State& state) { return static_cast<std::uint64_t>(state.bits()); }
  static std::size_t bytes(const State&) { return 0; }
};

struct ListModel : PlainModel {
  using State = std::vector<Value>;
  const History* history = nullptr;

  State initial;

  State start() const { return initial; }
  // What a read answered; nothing read is nothing there.
  std::span<const Value> answer(const Operation& operation) const {
    if (!history->values.is_list(operation.value)) return {};
    return history->values.elements(operation.value);
  }
  bool is_answer(const Operation& operation) const {
    return operation.value.is_nil() || history->values.is_list(operation.value);
  }
  std::string show(const State& state) const;
  static std::uint64_t hash(const State& state) {
    std::uint64_t hash = state.size();
    for (const Value value : state) hash = mixed(hash, static_cast<std::uint64_t>(value.bits()));
    return hash;
  }
  static std::size_t bytes(const State& state) { return state.capacity() * sizeof(Value) + 16; }
};

// Queues and the like: an element is put in and taken out once each.
struct ContainerModel : ListModel {
  static bool puts(const Operation& operation) {
    return operation.function == Function::enqueue || operation.function == Function::push;
  }
  static bool took_anything(const Operation& operation) {
    return !puts(operation) && !operation.ok() && operation.value.is_nil();
  }
  static std::vector<Value> parts(const Operation& operation) {
    if (took_anything(operation)) return {};
    return {operation.value};
  }
  static std::optional<Value> leaves(const Operation& operation) {
    return puts(operation) ? std::optional(operation.value) : std::nullopt;
  }
  static std::optional<Value> observes(const Operation& operation) {
    return puts(operation) || took_anything(operation) ? std::nullopt
                                                       : std::optional(operation.value);
  }
  static bool found_empty(const Operation& operation) {
    return operation.ok() && operation.value.is_nil();
  }
  // Whether what was taken out is `value`; of a lost answer it may be anything.
  static bool took(const Operation& operation, Value value) {
    return operation.value == value || took_anything(operation);
  }
};

}  // namespace tribunal
