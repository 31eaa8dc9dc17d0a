// Writing a history as EDN, in the shape of Jepsen's own.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "harness/record/history_file.h"
#include "harness/record/history_records.h"

namespace tribunal {
namespace {

using Buffer = fmt::memory_buffer;

bool is_plain(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '?' || c == '!' || c == '*';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && name[0] != '-' &&
         std::all_of(name.begin(), name.end(), fits);
}

bool is_number(std::string_view name) {
  if (name.size() > 1 && name[0] == '-' && name[1] != '0') name.remove_prefix(1);
  if (name.empty() || name.size() > 18 || (name[0] == '0' && name.size() > 1)) return false;
  return name.find_first_not_of("0123456789") == name.npos;
}

void append_text(Buffer& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    constexpr std::string_view signs = "\"\\\n\r\t", letters = "\"\\nrt";
    const std::size_t place = signs.find(c);
    if (place != signs.npos) {
      out.push_back('\\');
      out.push_back(letters[place]);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

void append_name(Buffer& out, std::string_view name) {
  if (!is_plain(name)) return append_text(out, name);
  out.push_back(':');
  out.append(name);
}

// JSON as the history keeps it. Keys that are names become keywords, and those that are numbers,
// numbers, as they are in Jepsen's maps; reading makes the same JSON of them.
void append_json(Buffer& out, std::string_view json) {
  while (!json.empty()) {
    if (json[0] == '"') {
      std::size_t stop = 1;
      while (json[stop] != '"') stop += json[stop] == '\\' ? 2 : 1;
      const std::string_view inside = json.substr(1, stop - 1);
      const bool key = stop + 1 < json.size() && json[stop + 1] == ':';
      if (key && is_plain(inside)) out.push_back(':');
      out.append(key && (is_plain(inside) || is_number(inside)) ? inside
                                                                : json.substr(0, stop + 1));
      if (key) out.push_back(' ');
      json.remove_prefix(stop + (key ? 2 : 1));
    } else if (json.starts_with("null")) {
      out.append(std::string_view("nil"));
      json.remove_prefix(4);
    } else {
      out.push_back(json[0]);
      if (json[0] == ',') out.push_back(' ');
      json.remove_prefix(1);
    }
  }
}

void append_value(Buffer& out, const Values& values, Value value) {
  if (value.is_nil()) {
    out.append(std::string_view("nil"));
  } else if (value.is_integer()) {
    fmt::format_to(std::back_inserter(out), "{}", value.as_integer());
  } else if (values.is_text(value)) {
    append_text(out, values.text_of(value));
  } else if (!values.is_list(value)) {
    append_json(out, values.text_of(value));
  } else {
    const char* separator = "[";
    for (const Value element : values.elements(value)) {
      out.append(std::string_view(separator));
      separator = " ";
      append_value(out, values, element);
    }
    out.append(std::string_view(values.elements(value).empty() ? "[]" : "]"));
  }
}

enum class Answers : std::uint8_t { shown, blank };

// One step [f key value] of a transaction, whose name Elle wants as a keyword.
void append_step(Buffer& out, const Values& values, Value step, Answers answers) {
  if (!values.is_list(step)) return append_value(out, values, step);
  const auto parts = values.elements(step);
  const std::string_view f =
      !parts.empty() && values.is_text(parts[0]) ? values.text_of(parts[0]) : "";
  const bool reads = f == "r" || f == "read";
  out.push_back('[');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out.push_back(' ');
    if (i == 0 && is_plain(f)) {
      append_name(out, f);
    } else {
      const bool blank = i == 2 && reads && answers == Answers::blank;
      append_value(out, values, blank ? Value::nil() : parts[i]);
    }
  }
  out.push_back(']');
}

void append_transaction(Buffer& out, const Values& values, Value value, Answers answers) {
  if (!values.is_list(value)) return append_value(out, values, value);
  out.push_back('[');
  bool first = true;
  for (const Value step : values.elements(value)) {
    if (!first) out.push_back(' ');
    first = false;
    append_step(out, values, step, answers);
  }
  out.push_back(']');
}

// What the call was asked, or what came back.
void append_own_value(Buffer& out, const History& history, const Operation& operation,
                      RecordPart part) {
  const Values& values = history.values;
  const bool before_answer = part == RecordPart::invocation && operation.ok();
  switch (operation.function) {
    case Function::read:
      return append_value(out, values,
                          part == RecordPart::completion ? operation.value : Value::nil());
    case Function::dequeue:
    case Function::pop:
      return append_value(out, values, before_answer ? Value::nil() : operation.value);
    case Function::cas:
      out.push_back('[');
      append_value(out, values, operation.value);
      out.push_back(' ');
      append_value(out, values, operation.to);
      out.push_back(']');
      return;
    case Function::txn:
      return append_transaction(out, values, operation.value,
                                before_answer ? Answers::blank : Answers::shown);
    default:
      return append_value(out, values, operation.value);
  }
}

enum class Keys : std::uint8_t { none, in_values };

void append_call(Buffer& out, const History& history, const Operation& operation, RecordPart part,
                 Keys keys) {
  const auto end = std::back_inserter(out);
  const bool begins = part == RecordPart::invocation;
  const std::int64_t time = begins ? operation.invoked_at : operation.completed_at;
  if (time != Operation::no_time) fmt::format_to(end, ", :time {}", time);
  fmt::format_to(end, ", :type :{}, :process {}, :f ", type_of(operation, part), operation.process);
  append_name(out, history.function_name(operation.function));
  fmt::format_to(end, ", :value ");
  if (keys == Keys::in_values) {
    out.push_back('[');
    append_value(out, history.values, operation.key);
    out.push_back(' ');
  }
  append_own_value(out, history, operation, part);
  if (keys == Keys::in_values) out.push_back(']');
  if (begins && operation.late_us > 0) {
    fmt::format_to(end, ", :intended {}", time - std::int64_t{operation.late_us} * 1000);
  }
  const std::size_t place = static_cast<std::size_t>(&operation - history.operations.data());
  if (!begins && place < history.versions.size() && history.versions[place] >= 0) {
    fmt::format_to(end, ", :version {}", history.versions[place]);
  }
  if (operation.node != 0) {
    fmt::format_to(end, ", :node ");
    append_text(out, history.nodes[operation.node]);
  }
  if (!begins && operation.error != 0) {
    fmt::format_to(end, ", :error ");
    append_text(out, history.errors[operation.error]);
  }
}

void append_fault(Buffer& out, const FaultEvent& event) {
  const std::string_view prefix = event.starts ? "start-" : event.stops ? "stop-" : "";
  fmt::format_to(std::back_inserter(out), ", :time {}, :type :info, :process :nemesis, :f ",
                 event.time);
  append_name(out, std::string(prefix) + event.name);
  fmt::format_to(std::back_inserter(out), ", :value ");
  append_text(out, event.detail);
  if (event.fault >= 0) fmt::format_to(std::back_inserter(out), ", :fault {}", event.fault);
}

}  // namespace

std::string write_edn(const History& history) {
  const bool keyed =
      std::any_of(history.operations.begin(), history.operations.end(),
                  [](const Operation& operation) { return !operation.key.is_nil(); });
  Buffer out;
  for (const RecordEntry& entry : entries_of(history)) {
    fmt::format_to(std::back_inserter(out), "{{:index {}", entry.index);
    if (entry.part == RecordPart::fault) {
      append_fault(out, history.faults[entry.place]);
    } else {
      append_call(out, history, history.operations[entry.place], entry.part,
                  keyed ? Keys::in_values : Keys::none);
    }
    out.append(std::string_view("}\n"));
  }
  return fmt::to_string(out);
}

}  // namespace tribunal
