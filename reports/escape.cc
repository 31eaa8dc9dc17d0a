// Escapes for HTML, XML, Markdown and scripts.
#include "reports/escape.h"

#include <cstdint>

namespace tribunal {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

bool continues(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

// The length of the well-formed character at `at` that XML 1.0 allows, or 0 (Unicode table 3-7).
std::size_t character_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  if (first < 0x80)
    return first >= 0x20 ? (first == 0x7f ? 0 : 1) : (first == '\t' || first == '\n' ? 1 : 0);
  if (!continues(text, at + 1)) return 0;
  const unsigned second = byte(at + 1);
  if (first >= 0xc2 && first <= 0xdf)
    return first == 0xc2 && second < 0xa0 ? 0 : 2;  // no C1 controls
  if (!continues(text, at + 2)) return 0;
  if ((first & 0xf0) == 0xe0) {
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second >= 0xa0) return 0;                          // surrogates
    if (first == 0xef && second == 0xbf && byte(at + 2) >= 0xbe) return 0;  // no characters
    return 3;
  }
  if (first < 0xf0 || first > 0xf4 || !continues(text, at + 3)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  return 4;
}

// Calls `put` with each character, repaired.
template <class Put>
void each_character(std::string_view text, Put put) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    put(length == 0 ? replacement : text.substr(at, length));
    at += length == 0 ? 1 : length;
  }
}

// Direction overrides and their like can make a value read as another; shown, they are marked.
bool reorders_text(std::string_view character) {
  if (character.size() != 3 || character[0] != '\xe2') return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  return (second == 0x80 && third >= 0xaa && third <= 0xae) ||
         (second == 0x81 && third >= 0xa6 && third <= 0xa9);
}

}  // namespace

std::string repaired(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  each_character(text, [&](std::string_view c) { result += reorders_text(c) ? replacement : c; });
  return result;
}

std::string markup_escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  each_character(text, [&](std::string_view c) {
    switch (c.size() == 1 ? c[0] : 'a') {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += reorders_text(c) ? replacement : c;
    }
  });
  return result;
}

std::string markdown_escaped(std::string_view text) {
  constexpr std::string_view special = "\\`*_{}[]()#+!|~$";
  std::string result;
  result.reserve(text.size() + text.size() / 8);
  each_character(text, [&](std::string_view c) {
    if (c == "\n" || c == "\t") {
      result += ' ';
    } else if (c == "<") {
      result += "&lt;";
    } else if (c == ">") {
      result += "&gt;";
    } else if (c == "&") {
      result += "&amp;";
    } else if (c == "@") {
      result += "@\xe2\x80\x8b";  // a zero-width space: nobody is mentioned
    } else {
      if (c.size() == 1 && special.find(c[0]) != std::string_view::npos) result += '\\';
      result += reorders_text(c) ? replacement : c;
    }
  });
  return result;
}

std::string script_escaped(std::string_view json) {
  std::string result;
  result.reserve(json.size() + json.size() / 16);
  for (const char c :
       json) {  // outside strings JSON has none of these, so an escape is right wherever one stands
    switch (c) {
      case '<':
        result += "\\u003c";
        break;
      case '>':
        result += "\\u003e";
        break;
      case '&':
        result += "\\u0026";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string clipped(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return std::string(text);
  while (limit > 0 && continues(text, limit)) --limit;
  return std::string(text.substr(0, limit)) + "\xe2\x80\xa6";
}

}  // namespace tribunal
