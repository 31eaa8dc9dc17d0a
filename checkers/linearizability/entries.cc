#include "checkers/linearizability/entries.h"

#include <algorithm>

#include "checkers/flat_index.h"

namespace tribunal {
namespace {

// When each value can last be observed.
class Observers {
 public:
  Observers() { values_.reset(64); }

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
  FlatIndex values_;
  std::vector<std::uint64_t> until_;  // event + 1
};

bool acknowledged(const Operation& operation, std::uint32_t until) {
  return operation.ok() && operation.ended <= until;
}

Observers observers_of(const History& history, const StateSpace& space,
                       std::span<const std::uint32_t> operations, Watch& watch,
                       std::uint32_t until) {
  Observers observers;
  std::vector<std::uint32_t> lost;  // that observe a value and leave one
  for (const std::uint32_t place : operations) {
    if (watch.spent()) return observers;
    const Operation& operation = history.operations[place];
    if (operation.began > until || operation.outcome == Outcome::failed) continue;
    const auto value = space.observes(operation);
    if (!value) continue;
    if (acknowledged(operation, until)) {
      observers.observed(*value, operation.ended);
    } else if (space.leaves(operation)) {
      lost.push_back(place);
    }
  }
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::uint32_t place : lost) {
      if (watch.spent()) return observers;
      const Operation& operation = history.operations[place];
      if (observers.any(*space.leaves(operation)) &&
          observers.observed(*space.observes(operation), Operation::never)) {
        changed = true;
      }
    }
  }
  return observers;
}

}  // namespace

std::vector<Entry> entries_of(const History& history, StateSpace& space,
                              std::span<const std::uint32_t> operations, std::uint32_t until) {
  const Budget unlimited;
  Watch patient(unlimited, 1);
  return entries_of(history, space, operations, patient, until);
}

std::vector<Entry> entries_of(const History& history, StateSpace& space,
                              std::span<const std::uint32_t> operations, Watch& watch,
                              std::uint32_t until) {
  const Observers observers = observers_of(history, space, operations, watch, until);
  std::vector<Entry> entries;
  entries.reserve(operations.size());
  for (const std::uint32_t place : operations) {
    if (watch.spent()) break;
    const Operation& operation = history.operations[place];
    if (operation.began > until || operation.outcome == Outcome::failed) continue;
    Entry entry{place, operation.began, operation.ended, Operation::never,
                space.move_of(operation)};
    if (!acknowledged(operation, until)) {
      if (space.move(entry.move).only_looks) continue;
      entry.ended = Operation::never;
      if (const auto value = space.leaves(operation)) {
        if (!observers.any(*value)) continue;
        entry.retires = observers.last(*value);
        if (entry.retires < entry.began) continue;
      }
    }
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace tribunal
