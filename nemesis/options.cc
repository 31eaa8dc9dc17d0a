#include "nemesis/options.h"

#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <stdexcept>

#include "harness/record/error.h"
#include "harness/record/words.h"

namespace tribunal {
namespace {

template <class Parse>
auto read_option(const PlannedFault& planned, const std::string& name, const Parse& parse) {
  const std::string text = text_option(planned, name);
  try {
    return parse(text);
  } catch (const std::invalid_argument& wanted) {
    throw Error(Blame::usage,
                fmt::format("the option {} of the fault '{}' cannot be '{}'", name, planned.fault,
                            text.substr(0, 80)),
                fmt::format("give {}", wanted.what()));
  }
}

double unit_of_shift(const std::string& unit, const std::string& wanted) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s" || unit.empty()) return 1e9;
  if (unit == "m") return 6e10;
  if (unit == "h") return 3.6e12;
  throw std::invalid_argument(wanted);
}

}  // namespace

std::string text_option(const PlannedFault& planned, const std::string& name) {
  const auto found = planned.options.find(name);
  if (found != planned.options.end()) return found->second;
  throw Error(Blame::usage, fmt::format("the fault '{}' lacks its option {}", planned.fault, name));
}

Milliseconds time_option(const PlannedFault& planned, const std::string& name, Milliseconds least,
                         Milliseconds most) {
  return read_option(planned, name,
                     [&](const std::string& text) { return parse_time(text, least, most); });
}

std::int64_t shift_option(const PlannedFault& planned, const std::string& name,
                          std::chrono::nanoseconds most) {
  return read_option(planned, name, [&](const std::string& text) {
    const std::string wanted =
        fmt::format("a time of at most {} s either way, such as -5s or +300ms",
                    std::chrono::duration<double>(most).count());
    std::size_t end = 0;
    double number = 0;
    try {
      number = std::stod(text, &end);
    } catch (const std::logic_error&) {
      throw std::invalid_argument(wanted);
    }
    const double nanoseconds = number * unit_of_shift(text.substr(end), wanted);
    if (!(std::abs(nanoseconds) <= static_cast<double>(most.count())))
      throw std::invalid_argument(wanted);
    return static_cast<std::int64_t>(std::llround(nanoseconds));
  });
}

double share_option(const PlannedFault& planned, const std::string& name) {
  return read_option(planned, name, [&](const std::string& text) {
    if (!text.ends_with('%')) throw std::invalid_argument("a share from 0% to 100%");
    return parse_figure(text.substr(0, text.size() - 1), 0, 100) / 100;
  });
}

std::size_t bytes_option(const PlannedFault& planned, const std::string& name) {
  return read_option(planned, name, [](const std::string& text) { return parse_bytes(text); });
}

double figure_option(const PlannedFault& planned, const std::string& name, double least,
                     double most) {
  return read_option(planned, name,
                     [&](const std::string& text) { return parse_figure(text, least, most); });
}

std::uint64_t count_option(const PlannedFault& planned, const std::string& name,
                           std::uint64_t least, std::uint64_t most) {
  return read_option(planned, name,
                     [&](const std::string& text) { return parse_count(text, least, most); });
}

std::string choice_option(const PlannedFault& planned, const std::string& name,
                          const std::vector<std::string>& choices) {
  return read_option(planned, name,
                     [&](const std::string& text) { return parse_one_of(text, choices); });
}

}  // namespace tribunal
