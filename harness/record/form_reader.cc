#include "harness/record/form_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>

namespace tribunal {
namespace {

constexpr int depth_limit = 64;
constexpr const char* edn_example =
    "a record is one map such as {:process 0, :type :invoke, :f :write, :value 17}";

enum Kind : std::uint8_t { plain, blank, bracket };  // what ends a token is not plain

constexpr std::array<Kind, 256> kinds = [] {
  std::array<Kind, 256> table{};
  for (const unsigned char c : {' ', '\t', '\n', '\r', '\f', '\v', ','}) table[c] = blank;
  for (const unsigned char c : {'(', ')', '[', ']', '{', '}', '"', ';'}) table[c] = bracket;
  return table;
}();

Kind kind_of(char c) { return kinds[static_cast<unsigned char>(c)]; }
bool is_closing(char c) { return c == ')' || c == ']' || c == '}'; }

void append_quoted(std::string& out, std::string_view text) {
  const bool simple = std::all_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f;
  });
  if (simple) {
    out.append(1, '"').append(text).append(1, '"');
  } else {
    out += nlohmann::json(text).dump();
  }
}

}  // namespace

// One level further down, for as long as it lives.
class FormReader::Nesting {
 public:
  explicit Nesting(FormReader& reader) : reader_(reader) {
    if (reader.depth_ >= depth_limit) {
      reader.fail(reader.at_, fmt::format("values are nested more than {} deep", depth_limit));
    }
    ++reader.depth_;
  }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;
  ~Nesting() { --reader_.depth_; }

 private:
  FormReader& reader_;
};

void FormReader::start(const Line& line, std::size_t offset) {
  line_ = &line;
  at_ = line.text.data() + offset;
  end_ = line.text.data() + line.text.size();
  stack_.clear();
}

bool FormReader::next() {
  const char* owed = nullptr;  // the tag or metadata whose value is still to come
  while (at_ != end_) {
    if (kind_of(*at_) == blank) {
      ++at_;
    } else if (notation_ == Notation::json) {
      return true;
    } else if (*at_ == ';') {
      const void* stop = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
      at_ = stop != nullptr ? static_cast<const char*>(stop) : end_;
    } else if (*at_ == '#' || *at_ == '^' || *at_ == '\'') {
      const char* before = at_;
      pass_dispatch(owed);
      if (at_ == before) return true;
    } else {
      break;
    }
  }
  if (owed != nullptr && at_ != end_ && is_closing(*at_)) fail(owed, "a tag lacks its value");
  if (owed != nullptr && at_ == end_) fail_at_end();
  return at_ != end_;
}

// Passes what stands before a value and is none; stays where a value begins: #{ #" ##.
void FormReader::pass_dispatch(const char*& owed) {
  const char* const begin = at_;
  if (*at_ == '#') {
    if (at_ + 1 == end_) fail_at_end();
    const char after = at_[1];
    if (after == '{' || after == '"' || after == '#') return;
    if (after == '<' || after == '(' || kind_of(after) == blank) {
      fail(at_, fmt::format("'{}' cannot be read back", quote(std::string_view(at_, 2))));
    }
    if (after != '_') {
      ++at_;
      (void)token();
      owed = begin;
      return;
    }
    at_ += 2;
  } else {
    ++at_;
    owed = begin;
    if (*begin == '\'') return;
  }
  const Nesting nesting(*this);  // of a discarded form or of metadata
  if (!next()) fail_at_end();
  skip();
}

bool FormReader::closes(char closing) {
  if (!next()) fail_at_end();
  if (*at_ != closing) return false;
  ++at_;
  return true;
}

std::string_view FormReader::token() {
  const char* const begin = at_;
  while (at_ != end_ && kind_of(*at_) == plain) ++at_;
  return {begin, static_cast<std::size_t>(at_ - begin)};
}

Value FormReader::read() {
  switch (*at_) {
    case '[':
    case '(': {
      const std::size_t base = stack_.size();
      read_list();
      const Value list = values_.list({stack_.data() + base, stack_.size() - base});
      stack_.resize(base);
      return list;
    }
    case '{':
      return read_map();
    case '"':
      return values_.text(string(held_));
    case '#':  // of which next() leaves these
      if (at_[1] == '{') return read_set();
      if (at_[1] == '"') {
        ++at_;
        return values_.text(string(held_));
      }
      return read_token();
    case '\\':
      return read_character();
    default:
      return read_token();
  }
}

void FormReader::read_list() {
  const char closing = *at_ == '[' ? ']' : ')';
  const Nesting nesting(*this);
  ++at_;
  push_until(closing);
}

void FormReader::push_until(char closing) {
  while (!closes(closing)) stack_.push_back(read());
}

// Sets that hold the same are the same list: in the order of their elements' bits.
Value FormReader::read_set() {
  const std::size_t base = stack_.size();
  const Nesting nesting(*this);
  at_ += 2;
  push_until('}');
  std::sort(stack_.begin() + static_cast<std::ptrdiff_t>(base), stack_.end());
  const Value list = values_.list({stack_.data() + base, stack_.size() - base});
  stack_.resize(base);
  return list;
}

void FormReader::pass_separator() {
  if (!next()) fail_at_end();
  if (notation_ == Notation::json && *at_ == ':') {
    ++at_;
    if (!next()) fail_at_end();
  }
}

// A map is its JSON, its keys sorted, since two equal maps may be written in two orders.
Value FormReader::read_map() {
  const Nesting nesting(*this);
  ++at_;
  std::vector<std::string> entries;
  while (!closes('}')) {
    const Value key = read();
    std::string entry, name;
    if (values_.is_text(key)) {
      name = values_.text_of(key);
    } else {
      append_json(name, key);
    }
    append_quoted(entry, name);
    entry += ':';
    pass_separator();
    append_json(entry, read());
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end());
  std::string json = "{";
  for (const std::string& entry : entries) {
    if (json.size() > 1) json += ',';
    json += entry;
  }
  return values_.literal(json += '}');
}

void FormReader::append_json(std::string& out, Value value) const {
  if (value.is_nil()) {
    out += "null";
  } else if (value.is_integer()) {
    fmt::format_to(std::back_inserter(out), "{}", value.as_integer());
  } else if (values_.is_text(value)) {
    append_quoted(out, values_.text_of(value));
  } else if (!values_.is_list(value)) {
    out += values_.text_of(value);
  } else {
    char separator = '[';
    for (const Value element : values_.elements(value)) {
      out += separator;
      separator = ',';
      append_json(out, element);
    }
    out += separator == '[' ? "[]" : "]";
  }
}

// The number at the cursor if it is a short one in plain digits, as nearly all are.
std::optional<std::int64_t> FormReader::read_short_number() {
  constexpr std::ptrdiff_t most_digits = 18;
  const bool negative = *at_ == '-';
  const char* const begin = at_ + (negative ? 1 : 0);
  const char* digit = begin;
  std::int64_t magnitude = 0;
  while (digit != end_ && *digit >= '0' && *digit <= '9' && digit - begin < most_digits) {
    magnitude = magnitude * 10 + (*digit++ - '0');
  }
  if (digit == begin || (*begin == '0' && digit - begin > 1)) return {};
  if (digit != end_ && kind_of(*digit) == plain) return {};
  at_ = digit;
  return negative ? -magnitude : magnitude;
}

Value FormReader::read_token() {
  if (const auto number = read_short_number()) return Value::integer(*number);
  const char* const begin = at_;
  const std::string_view word = token();
  if (word.empty()) fail(begin, fmt::format("'{}' stands where a value belongs", *begin));
  const char first = word[0];
  const bool is_signed = (first == '-' || first == '+') && word.size() > 1;
  const char digit = is_signed ? word[1] : first;
  if (digit >= '0' && digit <= '9') return read_number(word);
  if (first == ':') {
    const std::string_view name = word.substr(std::min(word.find_first_not_of(':'), word.size()));
    if (name.empty()) fail(begin, "a keyword lacks its name");
    return values_.text(name);
  }
  if (word == (notation_ == Notation::json ? "null" : "nil")) return Value::nil();
  if (word == "true" || word == "false") return values_.literal(word);
  return values_.text(word);
}

std::string_view FormReader::read_name(std::string& held) {
  if (*at_ == '"') return string(held);
  const char* const begin = at_;
  skip();
  std::string_view name(begin, static_cast<std::size_t>(at_ - begin));
  if (name[0] != ':') return name;
  name.remove_prefix(std::min(name.find_first_not_of(':'), name.size()));
  if (name.empty()) fail(begin, "a keyword lacks its name");
  return name;
}

bool FormReader::read_nil() {
  const std::string_view nil = notation_ == Notation::json ? "null" : "nil";
  const auto left = static_cast<std::size_t>(end_ - at_);
  if (!std::string_view(at_, left).starts_with(nil)) return false;
  if (left > nil.size() && kind_of(at_[nil.size()]) == plain) return false;
  at_ += nil.size();
  return true;
}

void FormReader::skip() {
  switch (*at_) {
    case '[':
      return skip_collection(']');
    case '(':
      return skip_collection(')');
    case '{':
      return skip_collection('}');
    case '"':
      return skip_string();
    case '\\':
      (void)read_character();
      return;
    case '#':
      if (at_[1] == '{' || at_[1] == '"') {
        ++at_;
        return skip();
      }
      [[fallthrough]];
    default: {
      const char* const begin = at_;
      if (token().empty()) fail(begin, fmt::format("'{}' stands where a value belongs", *begin));
    }
  }
}

void FormReader::skip_collection(char closing) {
  const Nesting nesting(*this);
  ++at_;
  while (!closes(closing)) skip();
}

void FormReader::fail(const char* at, const std::string& why) {
  line_->fail(at, why, notation_ == Notation::edn ? edn_example : Line::an_example);
}

void FormReader::fail_at_end() {
  at_ = end_;
  fail(end_, "the text ends where more must come");
}

}  // namespace tribunal
