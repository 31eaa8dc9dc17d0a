#include "harness/record/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace tribunal {
namespace {

[[noreturn]] void want(const std::string& what) { throw std::invalid_argument(what); }

// A number and what follows it.
std::pair<double, std::string> split_unit(const std::string& text, const std::string& wanted) {
  double number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, trouble] = std::from_chars(text.data(), end, number);
  if (trouble != std::errc{} || !std::isfinite(number) || number < 0) want(wanted);
  return {number, std::string(rest, end)};
}

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::uint64_t parse_count(const std::string& text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, trouble] = std::from_chars(text.data(), end, number);
  if (text.empty() || trouble != std::errc{} || rest != end || number < least || number > most) {
    want(most == UINT64_MAX ? fmt::format("a whole number from {}", least)
                            : fmt::format("a whole number from {} to {}", least, most));
  }
  return number;
}

double parse_figure(const std::string& text, double least, double most) {
  const auto wanted = fmt::format("a number from {} to {}", least, most);
  const auto [number, rest] = split_unit(text, wanted);
  if (!rest.empty() || number < least || number > most) want(wanted);
  return number;
}

Milliseconds parse_time(const std::string& text, Milliseconds least, Milliseconds most) {
  static const std::map<std::string, double> units = {
      {"ms", 1}, {"", 1e3}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}};
  const auto wanted = fmt::format("a time from {} to {}, such as 500ms, 30s or 2m",
                                  show_time(least), show_time(most));
  const auto [number, unit] = split_unit(text, wanted);
  const auto found = units.find(unit);
  if (found == units.end()) want(wanted);
  const double value = number * found->second;
  if (value < static_cast<double>(least.count()) || value > static_cast<double>(most.count()))
    want(wanted);
  return Milliseconds(std::llround(value));
}

std::size_t parse_bytes(const std::string& text) {
  static const std::map<std::string, double> units = {{"B", 1},
                                                      {"kB", 1e3},
                                                      {"MB", 1e6},
                                                      {"GB", 1e9},
                                                      {"KiB", 1024},
                                                      {"MiB", 1024.0 * 1024},
                                                      {"GiB", 1024.0 * 1024 * 1024}};
  const std::string wanted = "a size of at least 1MiB, such as 512MiB or 2GiB";
  const auto [number, unit] = split_unit(text, wanted);
  const auto found = units.find(unit);
  if (found == units.end() || number * found->second < 1024.0 * 1024 ||
      number * found->second > 1e15)
    want(wanted);
  return static_cast<std::size_t>(number * found->second);
}

std::vector<std::string> parse_list(const std::string& text) {
  std::vector<std::string> items;
  if (trimmed(text) == "none" || trimmed(text).empty()) return items;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto item = trimmed(text.substr(begin, end - begin));
    if (item.empty()) want("names with commas between them");
    for (const auto& other : items) {
      if (other == item) want("each name once");
    }
    items.push_back(item);
    begin = end + 1;
  }
  return items;
}

std::string parse_one_of(const std::string& text, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), text) != names.end()) return text;
  throw std::invalid_argument(fmt::format("one of: {}", fmt::join(names, ", ")));
}

std::map<std::string, std::string> parse_pairs(const std::string& text) {
  std::map<std::string, std::string> pairs;
  for (const auto& item : parse_list(text)) {
    const auto equals = item.find('=');
    if (equals == std::string::npos || equals == 0) want("name=value, with commas between several");
    if (!pairs.emplace(trimmed(item.substr(0, equals)), trimmed(item.substr(equals + 1))).second)
      want("each name once");
  }
  return pairs;
}

std::string show_time(Milliseconds time) {
  return time.count() % 1000 == 0 ? fmt::format("{}s", time.count() / 1000)
                                  : fmt::format("{}ms", time.count());
}

std::string show_bytes(std::size_t bytes) {
  const std::size_t mebibyte = 1024 * 1024;
  if (bytes % (1024 * mebibyte) == 0) return fmt::format("{}GiB", bytes / (1024 * mebibyte));
  return bytes % mebibyte == 0 ? fmt::format("{}MiB", bytes / mebibyte) : fmt::format("{}B", bytes);
}

std::string show_list(const std::vector<std::string>& items) {
  return items.empty() ? "none" : fmt::format("{}", fmt::join(items, ","));
}

std::string show_pairs(const std::map<std::string, std::string>& pairs) {
  std::vector<std::string> items;
  for (const auto& [name, value] : pairs) items.push_back(name + "=" + value);
  return show_list(items);
}

}  // namespace tribunal
