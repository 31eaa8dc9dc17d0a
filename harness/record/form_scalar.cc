// The texts, characters and numbers among the forms.
#include <fmt/core.h>
#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "harness/record/form_reader.h"

namespace tribunal {
namespace {

constexpr std::uint32_t replacement = 0xfffd;

constexpr std::pair<std::string_view, char> named_characters[] = {
    {"newline", '\n'}, {"space", ' '},     {"tab", '\t'},
    {"return", '\r'},  {"formfeed", '\f'}, {"backspace", '\b'},
};

void append_utf8(std::string& out, std::uint32_t point) {
  const auto add = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (point < 0x80) return add(point);
  if (point < 0x800) {
    add(0xc0 | (point >> 6));
  } else {
    add(point < 0x10000 ? 0xe0 | (point >> 12) : 0xf0 | (point >> 18));
    if (point >= 0x10000) add(0x80 | ((point >> 12) & 0x3f));
    add(0x80 | ((point >> 6) & 0x3f));
  }
  add(0x80 | (point & 0x3f));
}

bool is_surrogate(std::uint32_t point) { return point >= 0xd800 && point < 0xe000; }

std::size_t digits_at(std::string_view text, std::size_t at) {
  const std::size_t stop = text.find_first_not_of("0123456789", at);
  return (stop == text.npos ? text.size() : stop) - at;
}

// The JSON of a fraction in EDN: 1.5, 1., 1e9, 1.5M; nothing if the token is none, or too large for
// JSON's readers.
std::optional<std::string> fraction_of(std::string_view token) {
  if (token.ends_with('M')) token.remove_suffix(1);
  std::size_t at = token.starts_with('-') ? 1 : 0;
  std::size_t count = digits_at(token, at);
  if (count == 0 || (count > 1 && token[at] == '0')) return {};
  at += count;
  std::string json(token.substr(0, at));
  if (at < token.size() && token[at] == '.') {
    count = digits_at(token, ++at);
    json.append(1, '.').append(count > 0 ? token.substr(at, count) : "0");
    at += count;
  }
  if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
    const std::size_t mark = at++;
    if (at < token.size() && (token[at] == '+' || token[at] == '-')) ++at;
    count = digits_at(token, at);
    if (count == 0) return {};
    at += count;
    json += token.substr(mark, at - mark);
  }
  if (at != token.size() || !std::isfinite(std::strtod(json.c_str(), nullptr))) return {};
  return json;
}

bool is_ratio(std::string_view token) {
  const std::size_t begin = token.starts_with('-') ? 1 : 0;
  const std::size_t above = digits_at(token, begin);
  const std::size_t slash = begin + above;
  if (above == 0 || slash >= token.size() || token[slash] != '/') return false;
  const std::size_t below = digits_at(token, slash + 1);
  return below > 0 && slash + 1 + below == token.size();
}

}  // namespace

Value FormReader::read_number(std::string_view token) {
  const char* const place = token.data();
  if (token[0] == '+') token.remove_prefix(1);
  std::string_view digits = token;
  if (digits.ends_with('N')) digits.remove_suffix(1);
  const std::size_t sign = digits.starts_with('-') ? 1 : 0;
  const bool padded = digits.size() > sign + 1 && digits[sign] == '0';
  if (!padded && digits_at(digits, sign) == digits.size() - sign && digits.size() > sign) {
    std::int64_t number = 0;
    const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (code == std::errc()) return values_.number(number);
    const bool huge = digits.size() > 300;  // which no reader of JSON takes for a number
    return huge ? values_.text(digits) : values_.literal(digits);
  }
  if (const auto json = fraction_of(token)) return values_.literal(*json);
  const bool hexadecimal = token.starts_with("0x") || token.starts_with("-0x");
  if (is_ratio(token) || hexadecimal) return values_.text(token);
  fail(place, fmt::format("'{}' is no number", quote(token)));
}

// Its name reaches to the next blank or bracket, but is one character at least: \[ is one.
Value FormReader::read_character() {
  const char* const begin = at_++;
  if (at_ == end_) fail_at_end();
  const char* const name = at_++;
  while (at_ != end_ && (static_cast<unsigned char>(*at_) & 0xc0) == 0x80) ++at_;
  const bool single = static_cast<unsigned char>(*name) >= 0x80;
  if (!single && ((*name | 0x20) >= 'a' && (*name | 0x20) <= 'z')) (void)token();
  const std::string_view text(name, static_cast<std::size_t>(at_ - name));
  if (single || text.size() == 1) return values_.text(text);
  for (const auto& [known, character] : named_characters) {
    if (known == text) return values_.text({&character, 1});
  }
  std::uint32_t point = 0;
  const int base = text[0] == 'u' ? 16 : text[0] == 'o' ? 8 : 0;
  const char* const stop = text.data() + text.size();
  const auto got = std::from_chars(text.data() + 1, stop, point, base == 0 ? 10 : base);
  if (base == 0 || got.ptr != stop || got.ec != std::errc() || point > 0xffff) {
    fail(begin, fmt::format("'{}' is no character", quote({begin, text.size() + 1})));
  }
  held_.clear();
  append_utf8(held_, is_surrogate(point) ? replacement : point);
  return values_.text(held_);
}

void FormReader::skip_string() {
  const char* const begin = at_++;
  for (;;) {
    const auto left = static_cast<std::size_t>(end_ - at_);
    const void* found = left > 0 ? std::memchr(at_, '"', left) : nullptr;
    if (found == nullptr) {
      at_ = end_;
      fail(begin, "this text is never closed");
    }
    at_ = static_cast<const char*>(found) + 1;
    const char* slash = at_ - 1;
    while (slash - 1 != begin && slash[-1] == '\\') --slash;
    if ((at_ - 1 - slash) % 2 == 0) return;
  }
}

// Without escapes, as nearly all are, a text is what stands between its quotes.
std::string_view FormReader::string(std::string& held) {
  const char* const begin = at_ + 1;
  skip_string();
  const char* const end = at_ - 1;
  const std::string_view raw(begin, static_cast<std::size_t>(end - begin));
  if (raw.find('\\') == raw.npos) return raw;
  held.clear();
  for (const char* at = begin; at != end;) {
    if (*at == '\\') {
      append_escape(at, end, held);
    } else {
      held += *at++;
    }
  }
  return held;
}

void FormReader::append_escape(const char*& at, const char* end, std::string& out) {
  const char* const begin = at;
  constexpr std::string_view letters = "nrtbf\"\\/'", meanings = "\n\r\t\b\f\"\\/'";
  const char letter = begin[1];  // there is one, or the quote behind would not have closed
  at += 2;
  if (const std::size_t place = letters.find(letter); place != letters.npos) {
    out += meanings[place];
    return;
  }
  if (letter == 'u') {
    std::uint32_t point = hexadecimal(at, end);
    if (point >= 0xd800 && point < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u') {
      const char* after = at + 2;
      const std::uint32_t low = hexadecimal(after, end);
      if (low >= 0xdc00 && low < 0xe000) {
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        at = after;
      }
    }
    return append_utf8(out, is_surrogate(point) ? replacement : point);
  }
  std::uint32_t point = 0;
  const auto got = std::from_chars(begin + 1, std::min(begin + 4, end), point, 8);
  if (got.ec != std::errc()) {
    fail(begin, fmt::format("'{}' is no escape", quote({begin, 2})));
  }
  at = got.ptr;
  append_utf8(out, point);
}

std::uint32_t FormReader::hexadecimal(const char*& at, const char* end) {
  std::uint32_t point = 0;
  const char* const stop = end - at >= 4 ? at + 4 : end;
  const auto got = std::from_chars(at, stop, point, 16);
  if (got.ptr != at + 4 || got.ec != std::errc()) fail(at - 2, "this escape lacks its four digits");
  at = got.ptr;
  return point;
}

void check_utf8(const Line& line) {
  if (simdjson::validate_utf8(line.text.data(), line.text.size())) return;
  const auto valid = [&](std::size_t from, std::size_t to) {
    return simdjson::validate_utf8(line.text.data() + from, to - from);
  };
  std::size_t at = 0;
  while (at < line.text.size()) {
    std::size_t size = 1;
    while (size <= 4 && at + size <= line.text.size() && !valid(at, at + size)) ++size;
    if (size > 4 || at + size > line.text.size()) break;
    at += size;
  }
  line.fail(line.text.data() + at, "this is no valid UTF-8",
            "replace what is not UTF-8 where the history is written");
}

}  // namespace tribunal
