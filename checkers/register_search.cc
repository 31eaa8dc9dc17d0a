#include "checkers/register_search.h"

#include <algorithm>

#include "checkers/flat_index.h"
#include "checkers/models/register.h"

namespace tribunal {
namespace {

// When each value can last be observed.
class Observers {
 public:
  // Returns whether that changed anything.
  bool observed(Value value, std::uint32_t until) {
    const std::uint32_t number = values_.number(value);
    if (number == until_.size()) until_.push_back(0);
    if (until_[number] >= until + 1ull) return false;
    until_[number] = until + 1ull;
    return true;
  }
  bool any(Value value) const { return values_.find(value) != FlatIndex::none; }
  std::uint32_t last(Value value) const {
    return static_cast<std::uint32_t>(until_[values_.find(value)] - 1);
  }

 private:
  FlatIndex values_ = [] {
    FlatIndex index;
    index.reset(64);
    return index;
  }();
  std::vector<std::uint64_t> until_;  // event + 1
};

bool acknowledged(const Operation& operation, std::uint32_t until) {
  return operation.ok() && operation.ended <= until;
}

Observers observers_of(const History& history, std::span<const std::uint32_t> operations,
                       std::uint32_t until) {
  Observers observers;
  std::vector<std::uint32_t> unknown_swaps;
  for (const std::uint32_t place : operations) {
    const Operation& operation = history.operations[place];
    if (operation.began > until || operation.outcome == Outcome::failed) continue;
    if (acknowledged(operation, until)) {
      if (operation.function != Function::write)
        observers.observed(operation.value, operation.ended);
    } else if (operation.function == Function::cas) {
      unknown_swaps.push_back(place);
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::uint32_t place : unknown_swaps) {
      const Operation& swap = history.operations[place];
      if (observers.any(swap.to) && observers.observed(swap.value, Operation::never))
        changed = true;
    }
  }
  return observers;
}

}  // namespace

std::vector<Entry> register_entries(const History& history,
                                    std::span<const std::uint32_t> operations,
                                    std::uint32_t until) {
  const Observers observers = observers_of(history, operations, until);
  std::vector<Entry> entries;
  entries.reserve(operations.size());
  for (const std::uint32_t place : operations) {
    const Operation& operation = history.operations[place];
    if (operation.began > until || operation.outcome == Outcome::failed) continue;
    Entry entry{place, operation.began, operation.ended, Operation::never};
    if (!acknowledged(operation, until)) {
      if (operation.function == Function::read || RegisterModel::only_looks(operation)) continue;
      const Value value = operation.function == Function::cas ? operation.to : operation.value;
      if (!observers.any(value)) continue;
      entry.ended = Operation::never;
      entry.retires = observers.last(value);
      if (entry.retires < entry.began) continue;
    }
    entries.push_back(entry);
  }
  return entries;
}

SearchResult search_register(const History& history, Value initial, std::span<const Entry> entries,
                             Watch& watch, std::uint64_t most_steps) {
  return search(history, RegisterModel{initial}, entries, watch, most_steps);
}

}  // namespace tribunal
