// Several registers, read and written by transactions: ["r", key, value] and ["w", key, value] one
// after the other, all at one instant. A read of nil may fit anything.
#pragma once

#include <algorithm>

#include "checkers/linearizability/models/model.h"

namespace tribunal {

struct MultiRegisterModel : ListModel {  // key, value, key, value, ..., by key
  static constexpr bool answers_inside = true;
  Value every_key{};  // what a key holds that is not in `initial`
  bool nil_fits_all = true;

  static bool writes(const Values& values, Value action) {
    const std::string_view name = values.text_of(values.elements(action)[0]);
    return name == "w" || name == "write";
  }

  bool step(State& state, const Operation& operation) const {
    for (const Value action : answer(operation)) {
      const auto words = history->values.elements(action);
      std::size_t place = 0;
      while (place < state.size() && state[place] < words[1]) place += 2;
      const bool known = place < state.size() && state[place] == words[1];
      if (!writes(history->values, action)) {
        const bool unsaid = words[2].is_nil() && (nil_fits_all || !operation.ok());
        if (!unsaid && words[2] != (known ? state[place + 1] : every_key)) return false;
      } else if (known) {
        state[place + 1] = words[2];
      } else {
        state.insert(state.begin() + static_cast<std::ptrdiff_t>(place), {words[1], words[2]});
      }
    }
    return true;
  }
  // A key and a value, as one value; two of them may share one, which only keeps more.
  static Value mark_of(Value key, Value value) {
    const std::uint64_t hash = mixed(mixed(1, static_cast<std::uint64_t>(key.bits())),
                                     static_cast<std::uint64_t>(value.bits()));
    return Value::integer(static_cast<std::int64_t>(hash >> 4));
  }
  bool add_marks(const Operation& operation, std::vector<Value>& marks) const {
    for (const Value action : answer(operation)) {
      const auto words = history->values.elements(action);
      if (writes(history->values, action)) marks.push_back(mark_of(words[1], words[2]));
    }
    return true;
  }
  void add_shown(const Operation& operation, std::span<const Value>,
                 std::vector<Value>& marks) const {
    for (const Value action : answer(operation)) {
      const auto words = history->values.elements(action);
      const bool unsaid = words[2].is_nil() && (nil_fits_all || !operation.ok());
      if (!unsaid && !writes(history->values, action)) marks.push_back(mark_of(words[1], words[2]));
    }
  }
  bool only_looks(const Operation& operation) const {
    const auto actions = answer(operation);
    return std::none_of(actions.begin(), actions.end(),
                        [this](Value action) { return writes(history->values, action); });
  }
};

}  // namespace tribunal
