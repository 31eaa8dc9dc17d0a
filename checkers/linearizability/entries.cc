#include "checkers/linearizability/entries.h"

#include <algorithm>
#include <optional>

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
  // The last event at which one of the marks can be observed; nothing: none ever is.
  std::optional<std::uint32_t> last_of(std::span<const Value> marks) const {
    std::uint64_t last = 0;
    for (const Value mark : marks) {
      const std::uint32_t number = values_.find(mark);
      if (number != FlatIndex::none) last = std::max(last, until_[number]);
    }
    if (last == 0) return {};
    return static_cast<std::uint32_t>(last - 1);
  }

 private:
  FlatIndex values_;
  std::vector<std::uint64_t> until_;  // event + 1
};

bool acknowledged(const Operation& operation, std::uint32_t until) {
  return operation.ok() && operation.ended <= until;
}

// Who shows what of the lost operations' marks; nobody where there is nothing to leave out.
Observers observers_of(const History& history, const StateSpace& space,
                       std::span<const std::uint32_t> operations, Watch& watch,
                       std::uint32_t until) {
  Observers observers;
  std::vector<Value> marks, shown;
  std::vector<std::uint32_t> answered, lost;  // lost: those with marks
  for (const std::uint32_t place : operations) {
    if (watch.spent()) return observers;
    const Operation& operation = history.operations[place];
    if (operation.began > until || operation.outcome == Outcome::failed) continue;
    if (acknowledged(operation, until)) {
      answered.push_back(place);
    } else if (space.add_marks(operation, marks)) {
      lost.push_back(place);
    }
  }
  if (lost.empty()) return observers;
  for (const std::uint32_t place : answered) {
    shown.clear();
    space.add_shown(history.operations[place], marks, shown);
    for (const Value mark : shown) {
      if (watch.spent()) return observers;
      observers.observed(mark, history.operations[place].ended);
    }
  }
  // A lost operation whose effect was seen needs what it found itself.
  for (bool changed = true; changed;) {
    changed = false;
    for (const std::uint32_t place : lost) {
      if (watch.spent()) return observers;
      marks.clear();
      space.add_marks(history.operations[place], marks);
      if (!observers.last_of(marks)) continue;
      shown.clear();
      space.add_shown(history.operations[place], {}, shown);
      for (const Value mark : shown)
        changed = observers.observed(mark, Operation::never) || changed;
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
  std::vector<Value> marks;
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
      marks.clear();
      if (space.add_marks(operation, marks)) {
        const auto last = observers.last_of(marks);
        if (!last || *last < entry.began) continue;
        entry.retires = *last;
      }
    }
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace tribunal
