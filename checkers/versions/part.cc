#include "checkers/versions/part.h"

#include <algorithm>

#include "checkers/none.h"

namespace tribunal {

Part::Part(const History& whole, const Versions& versions, Value initial_value,
           std::span<const std::uint32_t> steps) {
  keep(versions, steps);
  history.nodes = whole.nodes;
  history.functions = whole.functions;
  history.events = whole.events;
  initial = carried(whole.values, initial_value);
  std::vector<std::uint32_t> by_time = kept;
  std::sort(by_time.begin(), by_time.end(), [&](std::uint32_t a, std::uint32_t b) {
    return versions.steps[a].operation < versions.steps[b].operation;
  });
  for (const std::uint32_t place : by_time) {
    const SessionStep& step = versions.steps[place];
    history.operations.push_back(taken(whole, versions, step));
    // Numbers that order nothing in the whole must not do so in a part.
    if (!whole.versions.empty())
      history.versions.push_back(versions.ranked[step.key] ? whole.versions[step.operation] : -1);
  }
}

void Part::keep(const Versions& versions, std::span<const std::uint32_t> steps) {
  kept.assign(steps.begin(), steps.end());
  for (bool dropped = true; dropped;) {
    std::vector<std::uint32_t> rest;
    for (const std::uint32_t place : kept) {
      const SessionStep& step = versions.steps[place];
      const bool orphan =
          step.read != none && !versions.listed[step.key] && !versions.initial(step.read) &&
          !std::binary_search(kept.begin(), kept.end(), versions.writers[step.read]);
      if (!orphan) rest.push_back(place);
    }
    dropped = rest.size() < kept.size();
    kept = std::move(rest);
  }
}

Operation Part::taken(const History& whole, const Versions& versions, const SessionStep& step) {
  Operation operation = whole.operations[step.operation];
  const Operation& original = whole.operations[step.operation];
  operation.key = carried(whole.values, original.key);
  operation.error = 0;
  if (operation.function == Function::cas && step.read == none) {
    // What it found says nothing, or is a flaw that is told elsewhere.
    operation.function = Function::write;
    operation.value = carried(whole.values, original.to);
    operation.to = Value::nil();
    return operation;
  }
  operation.to = carried(whole.values, original.to);
  if (step.wrote != none || !whole.values.is_list(original.value)) {
    operation.value = carried(whole.values, original.value);
    return operation;
  }
  const auto appended = [&](Value element) {
    return std::any_of(kept.begin(), kept.end(), [&](std::uint32_t place) {
      const SessionStep& other = versions.steps[place];
      return other.wrote != none && other.key == step.key &&
             whole.operations[other.operation].value == element;
    });
  };
  elements_.clear();
  for (const Value element : whole.values.elements(original.value)) {
    if (appended(element)) elements_.push_back(carried(whole.values, element));
  }
  operation.value = history.values.list(elements_);
  return operation;
}

Value Part::carried(const Values& values, Value value) {
  if (!value.is_interned()) return value;
  if (values.is_text(value)) return history.values.text(values.text_of(value));
  return history.values.literal(values.show(value));
}

}  // namespace tribunal
