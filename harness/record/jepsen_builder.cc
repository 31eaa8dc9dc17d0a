#include "harness/record/jepsen_builder.h"

#include <fmt/core.h>

#include <algorithm>

namespace tribunal {
namespace {

using Field = Record::Field;
using Type = Record::Type;

const char*& place_of(Record& record, Field field) {
  return record.at[static_cast<std::size_t>(field)];
}

}  // namespace

bool JepsenBuilder::add(Record record, const Line& line) {
  keep_time(record);
  find_process(record, line);
  if (record.nemesis) {
    record.type = Type::info;  // whatever it says: a nemesis calls nothing
  } else {
    if (record.type == Type::fail || record.type == Type::info) drop_value(record);
    if (tuples_ != Tuples::none && !split(record, line)) {
      refuted_ = true;
      return false;
    }
  }
  builder_.add(record, line);
  return true;
}

// Some examples in papers name no processes. Where one call at a time is open that is as good.
void JepsenBuilder::find_process(Record& record, const Line& line) {
  const bool named = record.has(Field::process);
  if (!begun_) nameless_ = !named;
  begun_ = true;
  if (nameless_ != named) {
    if (nameless_) record.process = nameless_process_;
  } else {
    line.fail(record.place(Field::type),
              named ? "this record names its process, and those before it do not"
                    : "the field 'process' of this record is missing",
              "give each record the process that called");
  }
  if (!nameless_) return;
  const bool open = builder_.open_call(nameless_process_) != nullptr;
  if (open == (record.type == Type::invoke)) {
    line.fail(record.place(Field::type),
              open ? "the field 'process' is missing, and the call before this one is still open"
                   : "the field 'process' is missing, and no call is open that could end here",
              "give each record the process that called: without it, calls can only follow each "
              "other");
  }
  if (record.type == Type::info) ++nameless_process_;  // after a lost answer, a fresh one
}

// Jepsen takes the time before it has a place in the history for the record. The order is what is
// true; the times are for people, and made to follow it.
void JepsenBuilder::keep_time(Record& record) {
  if (!record.has(Field::time)) return;
  time_ = std::max(time_, record.time);
  record.time = time_;
}

// What a call that failed, or whose answer was lost, has for a value is no answer; some write the
// reason there instead of the argument.
void JepsenBuilder::drop_value(Record& record) {
  const Operation* call = builder_.open_call(record.process);
  const bool argument = call == nullptr || record.value == call->value;
  if (record.error.empty() && !argument && values().is_text(record.value)) {
    record.error = values().text_of(record.value);
  }
  record.value = Value::nil();
  record.value_is_list = false;
  record.elements = {};
  place_of(record, Field::value) = nullptr;
}

bool JepsenBuilder::split(Record& record, const Line& line) {
  if (record.type != Type::invoke && record.value.is_nil() && !record.value_is_list) return true;
  const bool pair = record.value_is_list && record.elements.size() == 2 && !record.has(Field::key);
  const bool keyed = pair && !values().is_list(record.elements[0]) &&
                     !record.elements[0].is_nil() && fits(record, record.elements[1]);
  if (tuples_ == Tuples::supposed && !keyed) return false;
  if (!pair) {
    line.fail(record.has(Field::value) ? record.place(Field::value) : line.text.data(),
              fmt::format("the value of this '{}' is no [key value]", quote(record.f)),
              "leave out --keyed, or give every call a value [key value]");
  }
  const Value second = record.elements[1];
  shown_ |= record.f == "write" || (record.type == Type::invoke && second.is_nil());
  record.key = record.elements[0];
  if (!record.key.is_nil()) place_of(record, Field::key) = record.place(Field::value);
  record.value_is_list = values().is_list(second);
  record.elements = record.value_is_list ? values().elements(second) : std::span<const Value>{};
  record.value = record.value_is_list ? Value::nil() : second;
  return true;
}

// Whether the second of a pair can be the value of such a call to one key.
bool JepsenBuilder::fits(const Record& record, Value second) {
  const std::string_view f = record.f;
  const bool list = values().is_list(second);
  if (f == "read") return record.type == Type::ok || second.is_nil() || !list;
  if (f == "cas") return list && values().elements(second).size() == 2;
  if (f == "txn") return is_transaction(second);
  for (const std::string_view asking : {"dequeue", "pop", "acquire", "release"}) {
    if (f == asking) return !list;
  }
  for (const std::string_view giving : {"write", "add", "remove", "enqueue", "push", "append"}) {
    if (f == giving) return !list && !second.is_nil();
  }
  return false;
}

bool JepsenBuilder::is_transaction(Value value) {
  if (!values().is_list(value)) return false;
  const auto elements = values().elements(value);
  return std::all_of(elements.begin(), elements.end(),
                     [&](Value element) { return values().is_list(element); });
}

History build_history(std::size_t operations, ReadOptions::Keyed keyed, const AddAll& add_all) {
  using Tuples = JepsenBuilder::Tuples;
  const auto read_as = [&](JepsenBuilder& builder) {
    const bool cut_off = add_all(builder);
    History history = builder.take();
    history.truncated = cut_off;
    return history;
  };
  if (keyed == ReadOptions::Keyed::automatic) {
    JepsenBuilder supposed(operations, Tuples::supposed);
    History history = read_as(supposed);
    if (supposed.shows_tuples()) return history;
  }
  const bool required = keyed == ReadOptions::Keyed::yes;
  JepsenBuilder builder(operations, required ? Tuples::required : Tuples::none);
  return read_as(builder);
}

}  // namespace tribunal
