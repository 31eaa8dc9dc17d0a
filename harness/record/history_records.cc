#include "harness/record/history_records.h"

#include <algorithm>

namespace tribunal {
namespace {

// A history does not keep where the records of lost answers lay. They are what is left of the order
// of events, and their times say which is whose: in the order of time, then of invocation, each
// lies behind its own invocation.
void place_lost_answers(const History& history, std::vector<RecordEntry>& entries) {
  std::vector<std::size_t> lost;
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    const bool told = operation.completed_at != Operation::no_time;
    if (operation.outcome == Outcome::unknown && told) lost.push_back(i);
  }
  std::stable_sort(lost.begin(), lost.end(), [&](std::size_t a, std::size_t b) {
    return history.operations[a].completed_at < history.operations[b].completed_at;
  });
  const std::size_t known = entries.size();
  std::size_t taken = 0;
  std::uint32_t index = 0;
  for (const std::size_t place : lost) {
    index = std::max(index, history.operations[place].began + 1);
    for (; taken < known && entries[taken].index <= index; ++taken) {
      if (entries[taken].index == index) ++index;
    }
    entries.push_back({index++, RecordPart::completion, place});
  }
}

}  // namespace

std::vector<RecordEntry> entries_of(const History& history) {
  std::vector<RecordEntry> entries;
  entries.reserve(history.events);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    entries.push_back({operation.began, RecordPart::invocation, i});
    if (operation.ended != Operation::never) {
      entries.push_back({operation.ended, RecordPart::completion, i});
    }
  }
  for (std::size_t i = 0; i < history.faults.size(); ++i) {
    entries.push_back({history.faults[i].index, RecordPart::fault, i});
  }
  const auto by_index = [](const RecordEntry& a, const RecordEntry& b) {
    return a.index < b.index;
  };
  std::sort(entries.begin(), entries.end(), by_index);
  place_lost_answers(history, entries);
  std::sort(entries.begin(), entries.end(), by_index);
  return entries;
}

std::string_view type_of(const Operation& operation, RecordPart part) {
  if (part == RecordPart::invocation) return "invoke";
  switch (operation.outcome) {
    case Outcome::ok:
      return "ok";
    case Outcome::failed:
      return "fail";
    case Outcome::unknown:
      break;
  }
  return "info";
}

}  // namespace tribunal
