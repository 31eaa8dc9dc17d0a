#include "harness/record/form_record.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "harness/record/error.h"
#include "harness/record/history.h"

namespace tribunal {
namespace {

using Field = Record::Field;
using Type = Record::Type;

std::string_view from(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

FormRecords::FormRecords(Values& values, const Line& text, FormReader::Notation notation)
    : values_(values), text_(text), forms_(values, notation) {
  forms_.start(text);
}

const Record* FormRecords::next() {
  const char* begin = nullptr;
  try {
    if (!at_record()) return nullptr;
    begin = forms_.here();
    whole_ = false;
    read_record();
    return &record_;
  } catch (const Error&) {
    // A crash may cut the last line off, where records stand one a line.
    const char* const end = text_.text.data() + text_.text.size();
    cut_off_ = begin != nullptr && !whole_ && forms_.here() == end && closing_ == '\0' &&
               std::memchr(begin, '\n', static_cast<std::size_t>(end - begin)) == nullptr;
    if (!cut_off_) throw;
    return nullptr;
  }
}

bool FormRecords::at_record() {
  while (forms_.next()) {
    const char* const at = forms_.here();
    const char c = forms_.peek();
    if (closing_ != '\0' && c == closing_) {
      over_ = true;
      closing_ = '\0';
      forms_.pass();
    } else if (over_) {
      forms_.fail(at, "more stands behind the list of records");
    } else if (c == '{') {
      begun_ = true;
      return true;
    } else if (!begun_ && (c == '[' || c == '(')) {
      begun_ = true;
      closing_ = c == '[' ? ']' : ')';
      forms_.pass();
    } else {
      const char* const end = text_.text.data() + text_.text.size();
      forms_.fail(at, fmt::format("no record begins with '{}'", quote(from(at, end))));
    }
  }
  if (closing_ != '\0') forms_.fail(forms_.here(), "the list of records is never closed");
  return false;
}

void FormRecords::read_record() {
  const char* const begin = forms_.here();
  record_ = Record{};
  given_ = 0;
  forms_.clear();
  forms_.pass();
  while (!forms_.closes('}')) read_field();
  whole_ = true;
  if (record_.value_is_list) record_.elements = forms_.list();
  complete(begin);
}

void FormRecords::read_field() {
  const char* const name_at = forms_.here();
  const Field field = field_called(forms_.read_name(key_));
  forms_.pass_separator();
  place_ = forms_.here();
  if (field == Field::none) {
    forms_.skip();
    return;
  }
  const std::uint32_t bit = 1U << static_cast<unsigned>(field);
  if ((given_ & bit) != 0) {
    forms_.fail(name_at, fmt::format("the field '{}' is given twice", name_of(field)));
  }
  given_ |= bit;
  if (forms_.read_nil()) return;
  record_.at[static_cast<std::size_t>(field)] = place_;
  read_known(field);
}

void FormRecords::read_known(Field field) {
  std::int64_t number = 0;
  switch (field) {
    case Field::index:
      if (whole(number, field, Operation::no_time - 1)) {
        record_.index = static_cast<std::uint64_t>(number);
      }
      break;
    case Field::time:
      if (whole(number, field, Operation::no_time - 1)) record_.time = number;
      break;
    case Field::intended:
      if (whole(number, field, Operation::no_time - 1)) record_.intended = number;
      break;
    case Field::fault:
      if (whole(number, field, INT32_MAX)) record_.fault = static_cast<std::int32_t>(number);
      break;
    case Field::version:
      if (whole(number, field, Operation::no_time - 1)) record_.version = number;
      break;
    case Field::process:
      return read_process();
    case Field::type:
      return read_type();
    case Field::f:
      record_.f = forms_.read_name(f_);
      if (record_.f.empty()) forms_.fail(place_, "the field 'f' is empty");
      break;
    case Field::node:
      record_.node = forms_.read_name(node_);
      break;
    case Field::error:
      record_.error = forms_.read_name(error_);
      break;
    case Field::key:
      record_.key = forms_.read();
      break;
    case Field::value:
      record_.value_is_list = *place_ == '[' || *place_ == '(';
      if (record_.value_is_list) {
        forms_.read_list();
      } else {
        record_.value = forms_.read();
      }
      break;
    case Field::none:
      break;
  }
}

// Of a negative number, which Jepsen gives records that have none, false: the field is absent.
bool FormRecords::whole(std::int64_t& number, Field field, std::int64_t most) {
  const Value value = forms_.read();
  if (!value.is_integer() || value.as_integer() > most) {
    fail_as_mistyped(field, fmt::format("an integer of at most {}", most));
  }
  number = value.as_integer();
  if (number >= 0) return true;
  record_.at[static_cast<std::size_t>(field)] = nullptr;
  return false;
}

// Whoever has no number is no client: the nemesis, or another who watches or meddles.
void FormRecords::read_process() {
  const Value value = forms_.read();
  record_.nemesis = !value.is_integer();
  if (record_.nemesis) return;
  if (!std::in_range<std::uint32_t>(value.as_integer())) {
    fail_as_mistyped(Field::process, "an integer from 0 to 4294967295, or a name");
  }
  record_.process = static_cast<std::uint32_t>(value.as_integer());
}

void FormRecords::read_type() {
  const std::string_view name = forms_.read_name(key_);
  const auto type = type_called(name);
  if (!type) fail_as_mistyped(Field::type, "invoke, ok, fail or info");
  record_.type = *type;
}

// Elle's own histories leave out the function, which is a transaction.
void FormRecords::complete(const char* begin) {
  if (!record_.has(Field::type)) {
    forms_.fail(begin, "the field 'type' of this record is missing");
  }
  if (record_.has(Field::f)) return;
  const bool transaction =
      record_.value_is_list && std::all_of(record_.elements.begin(), record_.elements.end(),
                                           [&](Value step) { return values_.is_list(step); });
  if (!transaction && record_.type == Type::invoke) {
    forms_.fail(begin, "the field 'f' of this record is missing");
  }
  record_.f = "txn";
  record_.at[static_cast<std::size_t>(Field::f)] = begin;
}

void FormRecords::fail_as_mistyped(Field field, const std::string& wanted) {
  text_.fail(
      place_,
      fmt::format("the field '{}' is {}", name_of(field), quote(from(place_, forms_.here()))),
      "it must be " + wanted);
}

}  // namespace tribunal
