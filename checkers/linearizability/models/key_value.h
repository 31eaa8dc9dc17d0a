// One key of a map of texts, as Porcupine has it: get, put and append; nothing is the empty text.
#pragma once

#include <unordered_set>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct KeyValueModel : PlainModel {
  using State = std::string;
  const History* history = nullptr;
  std::string initial;
  Function get{}, put{};

  State start() const { return initial; }
  static std::string text(const History& history, Value value) {
    if (value.is_nil()) return {};
    return history.values.is_text(value) ? std::string(history.values.text_of(value))
                                         : history.values.show(value);
  }
  bool step(State& state, const Operation& operation) const {
    const std::string argument = text(*history, operation.value);
    if (operation.function == get) return state == argument;
    state = operation.function == put ? argument : state + argument;
    return true;
  }
  // What was got first, less what may have been appended last.
  std::vector<State> beginnings(std::span<const Operation> operations) const {
    std::unordered_set<State> known = {initial};
    std::vector<State> states = {initial};
    const auto add = [&](State state) {
      if (known.insert(state).second) states.push_back(std::move(state));
    };
    std::vector<State> ends;
    for (const Operation& operation : operations) {
      if (operation.function == get) add(text(*history, operation.value));
      const bool appends = operation.function != get && operation.function != put;
      if (appends) ends.push_back(text(*history, operation.value));
    }
    for (std::size_t i = 0; i < states.size() && states.size() <= most_beginnings; ++i) {
      for (const std::string& end : ends) {
        if (!end.empty() && states[i].ends_with(end))
          add(states[i].substr(0, states[i].size() - end.size()));
      }
    }
    return states;
  }
  bool only_looks(const Operation& operation) const { return operation.function == get; }
  bool overwrites(const Operation& operation) const { return operation.function == put; }
  static std::string show(const State& state) { return '"' + state + '"'; }
  static std::uint64_t hash(const State& state) { return std::hash<std::string>{}(state); }
  static std::size_t bytes(const State& state) { return state.capacity() + 1; }
};

}  // namespace tribunal
