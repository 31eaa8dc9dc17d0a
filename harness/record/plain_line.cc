#include "harness/record/plain_line.h"

#include <array>
#include <cstring>
#include <utility>

#include "harness/record/history.h"

namespace tribunal {
namespace {

using Field = Record::Field;
using Type = Record::Type;

constexpr int depth_limit = 8;  // deeper ones are rare
constexpr int most_digits = 18;

constexpr std::array<bool, 256> ordinary = [] {  // what stands for itself inside quotes
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\';
  return table;
}();

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

const Record* PlainLine::read(const Line& line) {
  at_ = line.text.data();
  end_ = at_ + line.text.size();
  record_ = Record{};
  given_ = 0;
  stack_.clear();
  if (!read_object() || at_ != end_) return nullptr;
  if (!record_.has(Field::process) || !record_.has(Field::type) || !record_.has(Field::f)) {
    return nullptr;
  }
  if (record_.value_is_list) record_.elements = stack_;
  return &record_;
}

bool PlainLine::read_object() {
  if (!take('{')) return false;
  pass_blanks();
  for (;;) {
    std::string_view name;
    if (!read_text(name)) return false;
    const Field field = field_called(name);
    pass_blanks();
    if (field == Field::none || !take(':')) return false;
    pass_blanks();
    const std::uint32_t bit = 1U << static_cast<unsigned>(field);
    if ((given_ & bit) != 0 || at_ == end_) return false;
    given_ |= bit;
    if (!read_field(field)) return false;
    pass_blanks();
    if (take('}')) return true;
    if (!take(',')) return false;
    pass_blanks();
  }
}

bool PlainLine::read_field(Field field) {
  const bool needed = field == Field::process || field == Field::type || field == Field::f;
  if (!needed && *at_ == 'n') return take("null");
  record_.at[static_cast<std::size_t>(field)] = at_;
  std::int64_t number = 0;
  switch (field) {
    case Field::index:
      if (!read_whole(number, Operation::no_time - 1)) return false;
      record_.index = static_cast<std::uint64_t>(number);
      return true;
    case Field::time:
      return read_whole(record_.time, Operation::no_time - 1);
    case Field::intended:
      return read_whole(record_.intended, Operation::no_time - 1);
    case Field::version:
      return read_whole(record_.version, Operation::no_time - 1);
    case Field::fault:
      if (!read_whole(number, INT32_MAX)) return false;
      record_.fault = static_cast<std::int32_t>(number);
      return true;
    case Field::process:
      return read_process();
    case Field::type:
      return read_type();
    case Field::f:
      return read_text(record_.f) && !record_.f.empty();
    case Field::node:
      return read_text(record_.node);
    case Field::error:
      return read_text(record_.error);
    case Field::key:
      return read_scalar(record_.key);
    case Field::value:
      return read_value();
    case Field::none:
      break;
  }
  return false;
}

bool PlainLine::read_process() {
  if (*at_ == '"') return record_.nemesis = take("\"nemesis\"");
  std::int64_t number = 0;
  if (!read_whole(number, UINT32_MAX)) return false;
  record_.process = static_cast<std::uint32_t>(number);
  return true;
}

bool PlainLine::read_type() {
  std::string_view name;
  if (!read_text(name)) return false;
  const auto type = type_called(name);
  if (type) record_.type = *type;
  return type.has_value();
}

bool PlainLine::read_value() {
  if (*at_ != '[') return read_scalar(record_.value);
  record_.value_is_list = true;
  return push_elements(1);
}

bool PlainLine::read_scalar(Value& value) {
  if (*at_ == '"') {
    std::string_view text;
    if (!read_text(text)) return false;
    value = values_.text(text);
    return true;
  }
  std::int64_t number = 0;
  if (!read_integer(number)) return false;
  value = Value::integer(number);
  return true;
}

bool PlainLine::read_element(Value& value, int depth) {
  if (at_ == end_) return false;
  if (*at_ == 'n') return take("null");  // and `value` stays nil
  if (*at_ != '[') return read_scalar(value);
  if (depth == depth_limit) return false;
  const std::size_t base = stack_.size();
  if (!push_elements(depth + 1)) return false;
  value = values_.list({stack_.data() + base, stack_.size() - base});
  stack_.resize(base);
  return true;
}

bool PlainLine::push_elements(int depth) {
  ++at_;
  pass_blanks();
  if (take(']')) return true;
  for (;;) {
    Value element;
    if (!read_element(element, depth)) return false;
    stack_.push_back(element);
    pass_blanks();
    if (take(']')) return true;
    if (!take(',')) return false;
    pass_blanks();
  }
}

bool PlainLine::read_whole(std::int64_t& number, std::int64_t most) {
  return read_integer(number) && number >= 0 && number <= most;
}

bool PlainLine::read_integer(std::int64_t& number) {
  const bool negative = take('-');
  const char* const begin = at_;
  std::uint64_t magnitude = 0;  // one digit more than is taken still fits
  while (at_ != end_ && is_digit(*at_) && at_ - begin <= most_digits) {
    magnitude = magnitude * 10 + static_cast<std::uint64_t>(*at_++ - '0');
  }
  const auto digits = at_ - begin;
  const bool odd_zero = digits > 0 && *begin == '0' && (digits > 1 || negative);
  if (digits == 0 || digits > most_digits || odd_zero) return false;
  if (at_ != end_ && (*at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
  number = static_cast<std::int64_t>(magnitude);
  if (negative) number = -number;
  return true;
}

bool PlainLine::read_text(std::string_view& text) {
  if (!take('"')) return false;
  const char* const begin = at_;
  while (at_ != end_ && ordinary[static_cast<unsigned char>(*at_)]) ++at_;
  text = {begin, static_cast<std::size_t>(at_ - begin)};
  return take('"');
}

bool PlainLine::take(std::string_view word) {
  if (static_cast<std::size_t>(end_ - at_) < word.size()) return false;
  if (std::memcmp(at_, word.data(), word.size()) != 0) return false;
  at_ += word.size();
  return true;
}

bool PlainLine::take(char c) {
  if (at_ == end_ || *at_ != c) return false;
  ++at_;
  return true;
}

void PlainLine::pass_blanks() {
  while (at_ != end_ && *at_ == ' ') ++at_;
}

}  // namespace tribunal
