#include "tests/checkers/watches_history.h"

#include <algorithm>
#include <map>
#include <set>

namespace tribunal {
namespace {

using Shown = WatchesHistory::Shown;

struct Made {
  std::uint32_t place = 0;
  std::int64_t version = -1;
};

struct Seen {
  std::int64_t from = 0, bookmark = -1;
  std::vector<Shown> changes;
};

std::int64_t number_at(const History& history, Value list, std::size_t index) {
  return history.values.elements(list)[index].as_integer();
}

Seen seen_by(const History& history, std::uint32_t place) {
  Seen seen;
  const Value answer = history.operations[place].value;
  seen.from = number_at(history, answer, 0);
  seen.bookmark = history.versions[place];
  for (const Value change : history.values.elements(history.values.elements(answer)[1]))
    seen.changes.push_back({number_at(history, change, 0), number_at(history, change, 1),
                            number_at(history, change, 2)});
  return seen;
}

// The registers that a transaction writes, all with the same value.
std::set<std::int64_t> registers_of(const History& history, std::uint32_t place) {
  std::set<std::int64_t> registers;
  for (const Value step : history.values.elements(history.operations[place].value))
    registers.insert(number_at(history, step, 1));
  return registers;
}

std::int64_t value_of(const History& history, std::uint32_t place) {
  return number_at(history, history.values.elements(history.operations[place].value)[0], 2);
}

// One group, all of whose transactions and answered watches are known.
struct Group {
  std::map<std::int64_t, Made> writes;  // by value
  std::vector<std::uint32_t> watches;
};

bool is_sound(const History& history, Group& group, std::uint32_t watch, const Shown& change) {
  const auto write = group.writes.find(change.value);
  if (write == group.writes.end()) return false;
  const Operation& call = history.operations[write->second.place];
  if (!registers_of(history, write->second.place).contains(change.which)) return false;
  if (call.outcome == Outcome::failed || history.operations[watch].ended < call.began) return false;
  if (write->second.version < 0) write->second.version = change.version;
  return write->second.version == change.version;
}

bool keeps_order(const Seen& seen) {
  std::set<std::pair<std::int64_t, std::int64_t>> places;
  for (std::size_t i = 0; i < seen.changes.size(); ++i) {
    if (seen.changes[i].version <= seen.from) return false;
    if (i > 0 && seen.changes[i].version < seen.changes[i - 1].version) return false;
    if (!places.insert({seen.changes[i].version, seen.changes[i].which}).second) return false;
  }
  return true;
}

bool has_all(const History& history, const Group& group, const Seen& seen) {
  for (const auto& [value, write] : group.writes) {
    if (write.version <= seen.from || write.version > seen.bookmark) continue;
    for (const std::int64_t which : registers_of(history, write.place)) {
      if (std::none_of(seen.changes.begin(), seen.changes.end(), [&, v = value](const Shown& one) {
            return one.version == write.version && one.which == which && one.value == v;
          }))
        return false;
    }
  }
  return true;
}

bool never_goes_back(const History& history, const Group& group) {
  for (const std::uint32_t earlier : group.watches) {
    for (const std::uint32_t later : group.watches) {
      const Seen one = seen_by(history, earlier), two = seen_by(history, later);
      if (history.operations[earlier].process == history.operations[later].process &&
          earlier < later && one.bookmark >= two.from && two.bookmark >= 0 &&
          two.bookmark < two.from)
        return false;
    }
  }
  return true;
}

bool clashes(const History& history, const Group& group) {
  std::map<std::pair<std::int64_t, std::int64_t>, int> writers;
  for (const auto& [value, write] : group.writes) {
    if (write.version < 0) continue;
    for (const std::int64_t which : registers_of(history, write.place))
      if (++writers[{write.version, which}] > 1) return true;
  }
  return false;
}

// Bends one answer.
void bend(std::vector<Shown>& shown, std::int64_t& from, Random& random) {
  const auto any = [&] { return random.below(shown.size()); };
  if (shown.empty()) return;
  switch (random.below(6)) {
    case 0:
      shown.erase(shown.begin() + static_cast<std::ptrdiff_t>(any()));
      break;
    case 1:
      std::swap(shown[any()], shown[any()]);
      break;
    case 2:
      shown.push_back(shown[any()]);
      break;
    case 3:
      shown[any()].value += 1;
      break;
    case 4:
      shown[any()].version += 1;
      break;
    default:
      from = shown[any()].version;
  }
}

}  // namespace

std::uint32_t WatchesHistory::call(std::uint32_t process, Function function, std::int64_t key,
                                   Value value, std::int64_t version) {
  Operation operation;
  operation.process = process;
  operation.function = function;
  operation.key = Value::integer(key);
  operation.value = value;
  operation.began = history.events++;
  operation.ended = history.events++;
  operation.invoked_at = operation.began * 1'000'000;
  operation.completed_at = operation.ended * 1'000'000;
  operation.outcome = Outcome::ok;
  history.operations.push_back(operation);
  history.versions.push_back(version);
  return static_cast<std::uint32_t>(history.operations.size() - 1);
}

std::uint32_t WatchesHistory::write(std::uint32_t process, std::int64_t key,
                                    std::vector<std::int64_t> which, std::int64_t value,
                                    std::int64_t version) {
  std::vector<Value> steps;
  for (const std::int64_t one : which) {
    const Value parts[] = {history.values.text("w"), Value::integer(one), Value::integer(value)};
    steps.push_back(history.values.list(parts));
  }
  return call(process, Function::txn, key, history.values.list(steps), version);
}

std::uint32_t WatchesHistory::watch(std::uint32_t process, std::int64_t key, std::int64_t from,
                                    const std::vector<Shown>& shown, std::int64_t bookmark) {
  std::vector<Value> changes;
  for (const Shown& one : shown) {
    const Value parts[] = {Value::integer(one.version), Value::integer(one.which),
                           Value::integer(one.value)};
    changes.push_back(history.values.list(parts));
  }
  const Value parts[] = {Value::integer(from), history.values.list(changes)};
  return call(process, Function::watch, key, history.values.list(parts), bookmark);
}

void WatchesHistory::end_as(std::uint32_t place, Outcome outcome) {
  Operation& operation = history.operations[place];
  operation.outcome = outcome;
  if (outcome == Outcome::unknown) operation.ended = Operation::never;
  if (outcome != Outcome::ok) history.versions[place] = -1;
}

History random_watches(Random& random) {
  WatchesHistory made;
  std::vector<Shown> log;
  std::map<std::uint32_t, std::int64_t> bookmarks;
  std::int64_t version = 0;
  std::uint32_t fresh = 10;
  for (int i = 0; i < 12; ++i) {
    const auto process = static_cast<std::uint32_t>(random.below(3));
    ++version;
    if (random.below(2) == 0) {
      std::vector<std::int64_t> which = {static_cast<std::int64_t>(random.below(2))};
      if (random.below(2) == 0) which.push_back(2);
      const auto value = 10 * version;
      const auto place = made.write(process, 1, which, value, version);
      const auto ending = random.below(8);
      if (ending == 0) made.end_as(place, Outcome::failed);
      if (ending == 1 || ending == 2) {
        made.end_as(place, Outcome::unknown);
        made.history.operations[place].process = fresh++;
      }
      if (ending > 1)
        for (const std::int64_t one : which) log.push_back({version, one, value});
    } else {
      std::int64_t from = random.below(2) == 0 ? 0 : bookmarks[process];
      // A replica that is behind: it says so by its bookmark.
      const std::int64_t to =
          std::max<std::int64_t>(from, version - static_cast<std::int64_t>(random.below(3)));
      std::vector<Shown> shown;
      for (const Shown& one : log)
        if (one.version > from && one.version <= to) shown.push_back(one);
      if (random.below(12) == 0) bend(shown, from, random);
      const std::int64_t bookmark =
          random.below(10) == 0 ? -1
                                : std::max<std::int64_t>(0, to - (random.below(40) == 0 ? 2 : 0));
      made.watch(process, 1, from, shown, bookmark);
      if (bookmark >= 0) bookmarks[process] = bookmark;
    }
  }
  return std::move(made.history);
}

bool watches_broken(const History& history) {
  Group group;
  for (std::uint32_t place = 0; place < history.operations.size(); ++place) {
    const Operation& one = history.operations[place];
    if (one.function == Function::txn)
      group.writes[value_of(history, place)] = {place, one.ok() ? history.versions[place] : -1};
    else if (one.ok())
      group.watches.push_back(place);
  }
  bool broken = false;
  for (const std::uint32_t watch : group.watches)
    for (const Shown& change : seen_by(history, watch).changes)
      broken = broken || !is_sound(history, group, watch, change);
  if (broken || clashes(history, group) || !never_goes_back(history, group)) return true;
  return std::any_of(group.watches.begin(), group.watches.end(), [&](std::uint32_t watch) {
    const Seen seen = seen_by(history, watch);
    return !keeps_order(seen) || (seen.bookmark >= 0 && !has_all(history, group, seen));
  });
}

}  // namespace tribunal
