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
  // Looks at the text where it lies if it is one, and at `room` else.
  std::string_view view(Value value, std::string& room) const {
    if (history->values.is_text(value)) return history->values.text_of(value);
    return room = text(*history, value);
  }
  bool step(State& state, const Operation& operation) const {
    if (operation.function == get) return fits(state, operation);
    std::string room;
    const std::string_view argument = view(operation.value, room);
    if (operation.function == put) state.clear();
    state += argument;
    return true;
  }
  bool fits(const State& state, const Operation& operation) const {
    std::string room;
    return state == view(operation.value, room);
  }
  bool blind(const Operation& operation) const {
    return operation.function != get && operation.function != put;
  }
  // Nothing is ever taken away but by a put.
  bool leads(const State& state, const Operation& next, const Operation& got) const {
    std::string room, other_room;
    std::string_view rest = view(got.value, room);
    if (next.function != put) {
      if (!rest.starts_with(state)) return false;
      rest.remove_prefix(state.size());
    }
    return rest.starts_with(view(next.value, other_room));
  }
  bool add_marks(const Operation& operation, std::vector<Value>& marks) const {
    if (operation.function != get) marks.push_back(operation.value);
    return operation.function != get;
  }
  // Whatever was put or appended is a piece of what is got later.
  void add_shown(const Operation& operation, std::span<const Value> asked,
                 std::vector<Value>& marks) const {
    constexpr std::size_t most_asked = 1000;  // more are taken as shown, since that takes too long
    if (operation.function != get) return;
    std::string room, other_room;
    const std::string_view got = view(operation.value, room);
    for (const Value piece : asked) {
      if (asked.size() > most_asked || got.find(view(piece, other_room)) != got.npos)
        marks.push_back(piece);
    }
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
