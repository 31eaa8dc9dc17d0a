// Writing a history that is already whole. A run's own is written by the Recorder, record by
// record.
#include <fmt/format.h>

#include <iterator>
#include <nlohmann/json.hpp>

#include "harness/record/history_file.h"
#include "harness/record/history_records.h"

namespace tribunal {
namespace {

using Buffer = fmt::memory_buffer;

std::string json_of(std::string_view text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string value_of(const History& history, const Operation& operation, RecordPart part) {
  switch (operation.function) {
    case Function::read:
      return part == RecordPart::completion ? history.values.show(operation.value) : "null";
    case Function::cas:
      return fmt::format("[{},{}]", history.values.show(operation.value),
                         history.values.show(operation.to));
    default:
      return history.values.show(operation.value);
  }
}

void append(Buffer& buffer, const History& history, const Operation& operation, RecordPart part) {
  const auto out = std::back_inserter(buffer);
  const bool begins = part == RecordPart::invocation;
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
  const std::size_t place = static_cast<std::size_t>(&operation - history.operations.data());
  if (part == RecordPart::completion && place < history.versions.size() &&
      history.versions[place] >= 0) {
    fmt::format_to(out, ",\"version\":{}", history.versions[place]);
  }
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
  for (const RecordEntry& entry : entries_of(history)) {
    fmt::format_to(std::back_inserter(buffer), "{{\"index\":{}", entry.index);
    if (entry.part == RecordPart::fault) {
      append(buffer, history.faults[entry.place]);
    } else {
      append(buffer, history, history.operations[entry.place], entry.part);
    }
    fmt::format_to(std::back_inserter(buffer), "}}\n");
  }
  return fmt::to_string(buffer);
}

}  // namespace tribunal
