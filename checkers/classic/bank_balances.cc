#include "checkers/classic/bank_balances.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "checkers/classic/judging.h"

namespace tribunal {
namespace {

struct Entry {
  std::string_view name;
  std::optional<std::int64_t> number;  // nothing: null
};

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() > 1 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// The entries of a map of whole numbers, whose text is valid JSON; nothing if it is another thing.
std::optional<std::vector<Entry>> entries_of(std::string_view text) {
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return std::nullopt;
  std::vector<Entry> entries;
  text = text.substr(1, text.size() - 2);
  const auto trimmed = [](std::string_view part) {
    const std::size_t first = part.find_first_not_of(' ');
    if (first == part.npos) return std::string_view{};
    return part.substr(first, part.find_last_not_of(' ') - first + 1);
  };
  while (!trimmed(text).empty()) {
    const std::string_view entry = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
    const std::size_t colon = entry.rfind(':');
    if (colon == entry.npos) return std::nullopt;
    const std::string_view value = trimmed(entry.substr(colon + 1));
    const auto number = number_in(value);
    if (!number && value != "null") return std::nullopt;
    entries.push_back({unquoted(trimmed(entry.substr(0, colon))), number});
  }
  return entries;
}

bool take_pairs(const History& history, Value list, std::vector<Balance>& balances) {
  for (const Value pair : history.values.elements(list)) {
    if (!history.values.is_list(pair) || history.values.elements(pair).size() != 2) return false;
    const Value account = history.values.elements(pair)[0],
                amount = history.values.elements(pair)[1];
    if (!account.is_integer() || !(amount.is_integer() || amount.is_nil())) return false;
    balances.push_back(
        {account.as_integer(), amount.is_nil() ? 0 : amount.as_integer(), amount.is_nil()});
  }
  return true;
}

bool take_map(const History& history, Value text, std::vector<Balance>& balances) {
  const auto entries = entries_of(history.values.text_of(text));
  if (!entries) return false;
  for (const Entry& entry : *entries) {
    const auto account = number_in(entry.name);
    if (!account) return false;
    balances.push_back({*account, entry.number.value_or(0), !entry.number});
  }
  return true;
}

// Maps stand in a history as their text.
bool is_map(const History& history, Value value) {
  return value.is_interned() && !history.values.is_list(value) && !history.values.is_text(value);
}

bool take(const History& history, Value value, std::vector<Balance>& balances) {
  if (history.values.is_list(value)) return take_pairs(history, value, balances);
  return is_map(history, value) && take_map(history, value, balances);
}

}  // namespace

std::vector<Balance> balances_of(const History& history, const Operation& read) {
  std::vector<Balance> balances;
  if (!take(history, read.value, balances)) {
    refuse_value(history, read, "a read of a bank returns its accounts with their balances",
                 "write it as [[account, balance], ...] or {\"account\": balance, ...}");
  }
  std::sort(balances.begin(), balances.end(),
            [](const Balance& a, const Balance& b) { return a.account < b.account; });
  return balances;
}

std::int64_t amount_of(const History& history, const Operation& transfer) {
  const Value value = transfer.value;
  if (history.values.is_list(value)) {
    const auto words = history.values.elements(value);
    return words.size() == 3 && words[2].is_integer() ? words[2].as_integer() : 0;
  }
  if (!is_map(history, value)) return 0;
  const auto entries = entries_of(history.values.text_of(value));
  if (!entries) return 0;
  for (const Entry& entry : *entries) {
    if (entry.name == "amount") return entry.number.value_or(0);
  }
  return 0;
}

}  // namespace tribunal
