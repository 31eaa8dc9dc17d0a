#include "checkers/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::array<std::string_view, 7> known = {
    "linearizable",           "model", "nil", "acknowledged", "acknowledged-reads", "acknowledged-writes",
    "acknowledged-per-window"};

}  // namespace

void require_known(const CheckOptions& options) {
  for (const auto& [name, value] : options.more) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
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

}  // namespace tribunal
