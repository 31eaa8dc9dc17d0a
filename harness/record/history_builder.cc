#include "harness/record/history_builder.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace tribunal {
namespace {

using Field = Record::Field;
using Type = Record::Type;

constexpr std::size_t most_functions = 200;
constexpr std::size_t most_nodes = std::numeric_limits<std::uint16_t>::max();
constexpr std::uint32_t near_processes = 1U << 20;
constexpr std::string_view start = "start-", stop = "stop-";

std::string name_of(Type type) {
  constexpr const char* names[] = {"invoke", "ok", "fail", "info"};
  return names[static_cast<std::size_t>(type)];
}

}  // namespace

void HistoryBuilder::add(const Record& record, const Line& line) {
  if (history_.events >= Operation::never - 1) {
    line.fail(line.text.data(), "a history holds at most 4294967294 records", "split it by key");
  }
  keep_order(record, line);
  if (record.nemesis) {
    add_fault(record, line);
  } else if (record.type == Type::invoke) {
    begin(record, line);
  } else {
    end(record, line);
  }
  ++history_.events;
}

const Operation* HistoryBuilder::open_call(std::uint32_t process) {
  const std::uint32_t state = state_of(process);
  return state == idle || state == retired ? nullptr : &history_.operations[state];
}

void HistoryBuilder::keep_order(const Record& record, const Line& line) {
  if (record.has(Field::index)) {
    if (record.index < next_index_) {
      line.fail(record.place(Field::index),
                fmt::format("the index runs backwards: {} after {}", record.index, next_index_ - 1),
                "sort the lines by index, each of which belongs to one record");
    }
    next_index_ = record.index + 1;
  }
  if (record.has(Field::time)) {
    if (record.time < time_) {
      line.fail(record.place(Field::time),
                fmt::format("the time runs backwards: {} after {}", record.time, time_),
                "sort the lines by time, all of which must come from one clock");
    }
    time_ = record.time;
  }
}

void HistoryBuilder::add_fault(const Record& record, const Line& line) {
  if (record.type != Type::info) {
    line.fail(record.place(Field::type),
              fmt::format("a record of the nemesis has the type '{}'", name_of(record.type)),
              "it must be \"info\"");
  }
  FaultEvent event;
  event.time = time_;
  event.index = history_.events;
  event.fault = record.fault;
  event.starts = record.f.starts_with(start);
  event.stops = record.f.starts_with(stop);
  event.name = record.f.substr(event.starts ? start.size() : event.stops ? stop.size() : 0);
  const Value detail = value_of(record);
  if (history_.values.is_text(detail)) {
    event.detail = history_.values.text_of(detail);
  } else if (!detail.is_nil()) {
    event.detail = history_.values.show(detail);
  }
  history_.faults.push_back(std::move(event));
}

void HistoryBuilder::begin(const Record& record, const Line& line) {
  std::uint32_t& state = state_of(record.process);
  if (state == retired) {
    line.fail(
        record.place(Field::process),
        fmt::format("process {} invokes after an answer of its was lost (info)", record.process),
        "go on under a fresh process number after info");
  }
  if (state != idle) {
    line.fail(record.place(Field::process),
              fmt::format("process {} invokes while its call of record {} is open", record.process,
                          history_.operations[state].began),
              "one process makes one call at a time: give concurrent calls processes of their own");
  }
  Operation operation;
  operation.invoked_at = time_;
  operation.began = history_.events;
  operation.process = record.process;
  operation.function = function_of(record, line);
  operation.key = record.key;
  operation.node = node_of(record, line);
  if (record.has(Field::intended) && record.intended < time_) {
    const std::int64_t late = (time_ - record.intended) / 1000;
    operation.late_us = static_cast<std::uint32_t>(std::min<std::int64_t>(late, UINT32_MAX));
  }
  if (operation.function == Function::cas) {
    if (!record.value_is_list || record.elements.size() != 2) {
      line.fail(record.has(Field::value) ? record.place(Field::value) : line.text.data(),
                "the value of a cas must be a list of two", "write \"value\":[from, to]");
    }
    operation.value = record.elements[0];
    operation.to = record.elements[1];
  } else if (operation.function != Function::read) {
    operation.value = value_of(record);
  }
  state = static_cast<std::uint32_t>(history_.operations.size());
  history_.operations.push_back(operation);
}

void HistoryBuilder::end(const Record& record, const Line& line) {
  std::uint32_t& state = state_of(record.process);
  if (state == idle || state == retired) {
    line.fail(record.place(Field::process),
              fmt::format("process {} completes a call that it did not invoke", record.process),
              "every completion follows its own invocation");
  }
  Operation& operation = history_.operations[state];
  check_same_call(record, line, operation);
  operation.completed_at = time_;
  operation.error = error_of(record);
  if (operation.node == 0) operation.node = node_of(record, line);
  const std::uint32_t place = std::exchange(state, idle);
  switch (record.type) {
    case Type::ok:
      operation.outcome = Outcome::ok;
      operation.ended = history_.events;
      take_answer(record, operation);
      if (record.has(Field::version)) {
        history_.versions.resize(history_.operations.size(), -1);
        history_.versions[place] = record.version;
      }
      break;
    case Type::fail:
      operation.outcome = Outcome::failed;
      operation.ended = history_.events;
      break;
    default:
      state = retired;
  }
}

void HistoryBuilder::check_same_call(const Record& record, const Line& line,
                                     const Operation& operation) {
  const char* fix = "a completion repeats the call of its process as it was invoked";
  const bool same = operation.function < Function::first_unnamed
                        ? record.f == tribunal::name_of(operation.function)
                        : function_of(record, line) == operation.function;
  if (!same) {
    line.fail(record.place(Field::f),
              fmt::format("process {} completes '{}' but invoked '{}'", record.process,
                          quote(record.f), quote(history_.function_name(operation.function))),
              fix);
  }
  if (record.has(Field::key) && record.key != operation.key) {
    line.fail(record.place(Field::key),
              fmt::format("process {} completes a call to key {} but invoked one to key {}",
                          record.process, quote(history_.values.show(record.key)),
                          quote(history_.values.show(operation.key))),
              fix);
  }
  if (!same_argument(record, operation)) {
    line.fail(
        record.place(Field::value),
        fmt::format("process {} completes '{}' but invoked '{}'", record.process,
                    quote(history_.values.show(value_of(record))), quote(history_.show(operation))),
        fix);
  }
}

// Of calls whose value is an argument. That of the others is an answer, or both.
bool HistoryBuilder::same_argument(const Record& record, const Operation& operation) {
  if (record.value.is_nil() && !record.value_is_list) return true;
  switch (operation.function) {
    case Function::write:
    case Function::add:
      return value_of(record) == operation.value;
    case Function::cas:
      return record.elements.size() == 2 && record.elements[0] == operation.value &&
             record.elements[1] == operation.to;
    default:
      return true;
  }
}

void HistoryBuilder::take_answer(const Record& record, Operation& operation) {
  switch (operation.function) {
    case Function::write:
    case Function::add:
    case Function::cas:
      return;
    default: {
      const Value answer = value_of(record);
      if (!answer.is_nil()) operation.value = answer;
    }
  }
}

Value HistoryBuilder::value_of(const Record& record) {
  return record.value_is_list ? history_.values.list(record.elements) : record.value;
}

Function HistoryBuilder::function_of(const Record& record, const Line& line) {
  for (std::size_t i = 0; i < function_names.size(); ++i) {
    if (function_names[i] == record.f) return static_cast<Function>(i);
  }
  auto& others = history_.functions;
  const auto it = std::find(others.begin(), others.end(), record.f);
  const auto place = static_cast<std::size_t>(it - others.begin());
  if (it == others.end()) {
    if (others.size() == most_functions) {
      line.fail(record.place(Field::f),
                fmt::format("'{}' is one function too many: a history names at most {} besides the "
                            "known ones",
                            quote(record.f), most_functions),
                "put what varies into the key or the value");
    }
    others.emplace_back(record.f);
  }
  return static_cast<Function>(static_cast<std::size_t>(Function::first_unnamed) + place);
}

std::uint16_t HistoryBuilder::node_of(const Record& record, const Line& line) {
  if (record.node.empty()) return 0;
  auto& nodes = history_.nodes;
  const std::size_t near = std::min<std::size_t>(nodes.size(), 8);
  for (std::size_t i = 1; i < near; ++i) {
    if (nodes[i] == record.node) return static_cast<std::uint16_t>(i);
  }
  const auto [it, fresh] =
      nodes_.try_emplace(std::string(record.node), static_cast<std::uint16_t>(nodes.size()));
  if (fresh) {
    if (nodes.size() > most_nodes) {
      line.fail(record.place(Field::node), fmt::format("more than {} nodes", most_nodes),
                "give the name of the host that was asked, not of the call");
    }
    nodes.emplace_back(record.node);
  }
  return it->second;
}

std::uint32_t HistoryBuilder::error_of(const Record& record) {
  if (record.error.empty()) return 0;
  const auto [it, fresh] = errors_.try_emplace(std::string(record.error),
                                               static_cast<std::uint32_t>(history_.errors.size()));
  if (fresh) history_.errors.emplace_back(record.error);
  return it->second;
}

std::uint32_t& HistoryBuilder::state_of(std::uint32_t process) {
  if (process >= near_processes) return far_states_.try_emplace(process, idle).first->second;
  if (process >= states_.size()) states_.resize(process + 1, idle);
  return states_[process];
}

}  // namespace tribunal
