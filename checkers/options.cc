#include "checkers/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::string_view known[] = {"linearizable",
                                      "model",
                                      "nil",
                                      "acknowledged",
                                      "acknowledged-reads",
                                      "acknowledged-writes",
                                      "acknowledged-per-window",
                                      "converge-within",
                                      "last-look",
                                      "negative-balances",
                                      "total",
                                      "accounts",
                                      "freshness",
                                      "outside-faults",
                                      "within"};

}  // namespace

void require_known(const CheckOptions& options) {
  for (const auto& [name, value] : options.more) {
    if (std::find(std::begin(known), std::end(known), name) != std::end(known)) continue;
    std::string names;
    for (const std::string_view one : known)
      names += (names.empty() ? "" : ", ") + std::string(one);
    throw Error(Blame::usage, "no checker has an option called '" + name + "'", "one of: " + names);
  }
}

bool choice(const CheckOptions& options, const std::string& name, const std::string& otherwise) {
  const auto found = options.more.find(name);
  const std::string& value = found == options.more.end() ? otherwise : found->second;
  if (value == "true") return true;
  if (value == "false") return false;
  throw Error(Blame::usage,
              "the option " + name + " is '" + value + "', which is neither true nor false",
              name + "=true or " + name + "=false");
}

std::uint64_t count(const CheckOptions& options, const std::string& name, std::uint64_t otherwise) {
  const auto found = options.more.find(name);
  if (found == options.more.end()) return otherwise;
  const std::string& text = found->second;
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(Blame::usage, "the option " + name + " is '" + text + "', which is no whole number",
                name + "=100");
  }
  return number;
}

std::int64_t duration(const CheckOptions& options, const std::string& name,
                      std::int64_t otherwise) {
  constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> units = {
      {{"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"", 0}}};
  const auto found = options.more.find(name);
  if (found == options.more.end()) return otherwise;
  const std::string& text = found->second;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view rest(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [rest](const auto& one) { return one.first == rest; });
  const bool bare = rest.empty() && number != 0;
  if (error != std::errc() || number < 0 || number > 1'000'000'000 || unit == units.end() || bare) {
    throw Error(Blame::usage,
                "the option " + name + " is '" + text + "', which is no length of time",
                name + "=100ms");
  }
  return number * unit->second;
}

double share(const CheckOptions& options, const std::string& name, double otherwise) {
  const auto found = options.more.find(name);
  if (found == options.more.end()) return otherwise;
  const std::string& text = found->second;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !(number > 0 && number < 1)) {
    throw Error(Blame::usage,
                "the option " + name + " is '" + text + "', which is no share between 0 and 1",
                name + "=0.99");
  }
  return number;
}

}  // namespace tribunal
