// Writing a history that is already whole. A run's own is written by the Recorder, record by
// record.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "harness/record/history_file.h"

namespace tribunal {
namespace {

enum class Part : std::uint8_t { invocation, completion, fault };

// One line to come: a part of the operation or fault at `place`.
struct Entry {
  std::uint32_t index;
  Part part;
  std::size_t place;
};

using Buffer = fmt::memory_buffer;

std::string json_of(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

// A history does not keep where the records of lost answers lay. They are what is left of the order
// of events, and their times say which is whose: in the order of time, then of invocation, each
// lies behind its own invocation.
void place_lost_answers(const History& history, std::vector<Entry>& entries) {
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
    entries.push_back({index++, Part::completion, place});
  }
}

std::vector<Entry> entries_of(const History& history) {
  std::vector<Entry> entries;
  entries.reserve(history.events);
  for (std::size_t i = 0; i < history.operations.size(); ++i) {
    const Operation& operation = history.operations[i];
    entries.push_back({operation.began, Part::invocation, i});
    if (operation.ended != Operation::never) {
      entries.push_back({operation.ended, Part::completion, i});
    }
  }
  for (std::size_t i = 0; i < history.faults.size(); ++i) {
    entries.push_back({history.faults[i].index, Part::fault, i});
  }
  const auto by_index = [](const Entry& a, const Entry& b) { return a.index < b.index; };
  std::sort(entries.begin(), entries.end(), by_index);
  place_lost_answers(history, entries);
  std::sort(entries.begin(), entries.end(), by_index);
  return entries;
}

std::string_view type_of(const Operation& operation, Part part) {
  if (part == Part::invocation) return "invoke";
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

std::string value_of(const History& history, const Operation& operation, Part part) {
  switch (operation.function) {
    case Function::read:
      return part == Part::completion ? history.values.show(operation.value) : "null";
    case Function::cas:
      return fmt::format("[{},{}]", history.values.show(operation.value),
                         history.values.show(operation.to));
    default:
      return history.values.show(operation.value);
  }
}

void append(Buffer& buffer, const History& history, const Operation& operation, Part part) {
  const auto out = std::back_inserter(buffer);
  const bool begins = part == Part::invocation;
  const std::int64_t time = begins ? operation.invoked_at : operation.completed_at;
  if (time != Operation::no_time) fmt::format_to(out, ",\"time\":{}", time);
  if (begins && operation.late_us > 0) {
    fmt::format_to(out, ",\"intended\":{}", time - std::int64_t{operation.late_us} * 1000);
  }
  fmt::format_to(out, ",\"process\":{},\"type\":\"{}\",\"f\":{}", operation.process,
                 type_of(operation, part), json_of(history.function_name(operation.function)));
  if (!operation.key.is_nil()) {
    fmt::format_to(out, ",\"key\":{}", history.values.show(operation.key));
  }
  fmt::format_to(out, ",\"value\":{}", value_of(history, operation, part));
  if (operation.node != 0) {
    fmt::format_to(out, ",\"node\":{}", json_of(history.nodes[operation.node]));
  }
  if (!begins && operation.error != 0) {
    fmt::format_to(out, ",\"error\":{}", json_of(history.errors[operation.error]));
  }
}

void append(Buffer& buffer, const FaultEvent& event) {
  const auto out = std::back_inserter(buffer);
  const std::string_view prefix = event.starts ? "start-" : event.stops ? "stop-" : "";
  fmt::format_to(out,
                 ",\"time\":{},\"process\":\"nemesis\",\"type\":\"info\",\"f\":{},\"value\":{}",
                 event.time, json_of(std::string(prefix) + event.name), json_of(event.detail));
  if (event.fault >= 0) fmt::format_to(out, ",\"fault\":{}", event.fault);
}

}  // namespace

std::string write_history(const History& history) {
  Buffer buffer;
  for (const Entry& entry : entries_of(history)) {
    fmt::format_to(std::back_inserter(buffer), "{{\"index\":{}", entry.index);
    if (entry.part == Part::fault) {
      append(buffer, history.faults[entry.place]);
    } else {
      append(buffer, history, history.operations[entry.place], entry.part);
    }
    fmt::format_to(std::back_inserter(buffer), "}}\n");
  }
  return fmt::to_string(buffer);
}

}  // namespace tribunal
