#include "checkers/watches/group.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/flat_index.h"

namespace tribunal {
namespace {

std::span<const Value> list_of(const History& history, Value value) {
  if (!history.values.is_list(value)) return {};
  return history.values.elements(value);
}

bool is_step(const History& history, Value step) {
  const auto parts = list_of(history, step);
  if (parts.size() != 3 || !history.values.is_text(parts[0]) || parts[2].is_nil()) return false;
  return history.values.text_of(parts[0]) == "w";
}

bool is_transaction(const History& history, Value value) {
  const auto steps = list_of(history, value);
  return !steps.empty() && std::all_of(steps.begin(), steps.end(),
                                       [&](Value step) { return is_step(history, step); });
}

bool is_change(const History& history, Value change) {
  const auto parts = list_of(history, change);
  return parts.size() == 3 && parts[0].is_integer();
}

bool is_answer(const History& history, Value value) {
  const auto parts = list_of(history, value);
  if (parts.size() != 2 || !parts[0].is_integer() || !history.values.is_list(parts[1]))
    return false;
  const auto changes = list_of(history, parts[1]);
  return std::all_of(changes.begin(), changes.end(),
                     [&](Value change) { return is_change(history, change); });
}

class GroupReader {
 public:
  GroupReader(const History& history, WatchedGroup& group) : history_(history), group_(group) {
    values_.reset(64);
    changes_.reset(64);
  }

  void take(std::uint32_t place) {
    const Operation& operation = history_.operations[place];
    if (operation.function == Function::txn) {
      take_write(place);
    } else if (operation.ok()) {
      take_watch(place);
    }
  }

  void find_writes() {
    for (ShownChange& change : group_.changes) {
      const std::uint32_t value = change.value.is_nil() ? none : values_.find(change.value);
      if (value == none) continue;
      const auto steps = group_.steps_of(group_.writes[writers_[value]]);
      if (std::any_of(steps.begin(), steps.end(), [&](const GroupStep& step) {
            return step.which == change.which && step.value == change.value;
          }))
        change.write = writers_[value];
    }
  }

 private:
  std::int64_t version_of(std::uint32_t place) const {
    return history_.versions.empty() ? no_version : history_.versions[place];
  }

  void take_write(std::uint32_t place) {
    const auto number = static_cast<std::uint32_t>(group_.writes.size());
    GroupWrite write;
    write.place = place;
    write.first = static_cast<std::uint32_t>(group_.steps.size());
    if (history_.operations[place].ok()) write.told = write.at = version_of(place);
    for (const Value step : list_of(history_, history_.operations[place].value)) {
      const auto parts = list_of(history_, step);
      group_.steps.push_back({parts[1], parts[2]});
      const std::uint32_t value = values_.number(parts[2]);
      if (value == writers_.size()) writers_.push_back(number);
      if (writers_[value] != number && group_.undecided.empty())
        group_.undecided = fmt::format(
            "{} is written by two transactions, so that nobody knows which of them a watch shows",
            history_.values.show(parts[2]));
    }
    write.last = static_cast<std::uint32_t>(group_.steps.size());
    group_.writes.push_back(write);
  }

  void take_watch(std::uint32_t place) {
    const auto parts = list_of(history_, history_.operations[place].value);
    GroupWatch watch;
    watch.place = place;
    watch.from = parts[0].as_integer();
    watch.bookmark = version_of(place);
    watch.first = static_cast<std::uint32_t>(group_.shown.size());
    for (const Value change : list_of(history_, parts[1])) show(change, place);
    watch.last = static_cast<std::uint32_t>(group_.shown.size());
    group_.watches.push_back(watch);
  }

  void show(Value value, std::uint32_t place) {
    const std::uint32_t number = changes_.number(value);
    if (number == group_.changes.size()) {
      const auto parts = list_of(history_, value);
      group_.changes.push_back({parts[0].as_integer(), parts[1], parts[2], place});
    }
    std::uint32_t& earliest = group_.changes[number].earliest;
    if (history_.operations[place].ended < history_.operations[earliest].ended) earliest = place;
    group_.shown.push_back(number);
  }

  const History& history_;
  WatchedGroup& group_;
  FlatIndex values_, changes_;
  std::vector<std::uint32_t> writers_;  // by number of the value
};

}  // namespace

void survey_group(const History& history, const Operation& operation) {
  require_function(history, operation, "watches", {Function::txn, Function::watch});
  if (operation.function == Function::txn && !is_transaction(history, operation.value))
    refuse_value(history, operation, "watches knows transactions that only write",
                 R"(write them as [["w", register, value], ...])");
  if (operation.function == Function::watch && operation.ok() &&
      !is_answer(history, operation.value))
    refuse_value(history, operation, "a watch answers with where it began and the changes since",
                 "write it as [from, [[version, register, value], ...]]");
}

bool read_group(const History& history, std::span<const std::uint32_t> operations, Watch& watch,
                WatchedGroup& group) {
  GroupReader reader(history, group);
  for (const std::uint32_t place : operations) {
    if (watch.spent()) return false;
    reader.take(place);
  }
  reader.find_writes();
  return !watch.look();
}

}  // namespace tribunal
