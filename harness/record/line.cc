#include "harness/record/line.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/record/error.h"

namespace tribunal {
namespace {

using nlohmann::json;

// Finds where a text stops being JSON, without building anything.
struct FaultFinder : json::json_sax_t {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(std::string&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    found = position;
    return false;
  }

  std::optional<std::size_t> found;  // one past the offending byte
};

}  // namespace

bool is_complete_json(std::string_view text) { return !fault_in_json(text); }

std::optional<std::size_t> fault_in_json(std::string_view text) {
  FaultFinder finder;
  if (json::sax_parse(text, &finder)) {
    const std::size_t zero = text.find('\0');  // which that parser takes for the end
    return zero == text.npos ? std::nullopt : std::optional(zero);
  }
  const std::size_t place = finder.found.value_or(0);
  return std::min(place > 0 ? place - 1 : 0, text.size());
}

std::string quote(std::string_view input) {
  constexpr std::size_t most = 60;
  std::string quoted;
  for (const char c : input) {
    const bool plain = c >= 0x20 && c < 0x7f;
    const std::string shown =
        plain ? std::string(1, c) : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    if (quoted.size() + shown.size() > most) return quoted + "...";
    quoted += shown;
  }
  return quoted;
}

void Line::fail(const char* at, const std::string& why, const std::string& fix) const {
  const std::string_view before = text.substr(0, static_cast<std::size_t>(at - text.data()));
  const auto lines = static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
  throw Error(Blame::usage, fmt::format("{}:{}:{}: {}", file, number + lines, column, why), fix);
}

}  // namespace tribunal
