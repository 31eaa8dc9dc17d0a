#include "clients/sql/numbers.h"

#include <charconv>
#include <string_view>

namespace tribunal {
namespace {

Int number_in_view(std::string_view text) {
  Int number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
    throw SqlNonsense("the answer is no number");
  return number;
}

const std::optional<std::string>* only_cell(const SqlAnswer& answer) {
  if (answer.rows.empty()) return nullptr;
  if (answer.rows.size() > 1) throw SqlNonsense("more than one row in the answer");
  if (answer.rows[0].size() != 1) throw SqlNonsense("not one column in the answer");
  return &answer.rows[0][0];
}

}  // namespace

Int number_in_text(const std::string& text) { return number_in_view(text); }

std::vector<std::vector<Int>> number_rows(const SqlAnswer& answer, std::size_t columns) {
  std::vector<std::vector<Int>> rows;
  for (const auto& row : answer.rows) {
    if (row.size() != columns) throw SqlNonsense("not as many columns as were asked for");
    auto& numbers = rows.emplace_back();
    for (const auto& cell : row) {
      if (!cell) throw SqlNonsense("a NULL in the answer");
      numbers.push_back(number_in_view(*cell));
    }
  }
  return rows;
}

std::vector<Int> number_column(const SqlAnswer& answer) {
  std::vector<Int> numbers;
  for (const auto& row : number_rows(answer, 1)) numbers.push_back(row[0]);
  return numbers;
}

std::optional<Int> optional_number(const SqlAnswer& answer) {
  const auto* cell = only_cell(answer);
  if (cell == nullptr || !*cell) return std::nullopt;
  return number_in_view(**cell);
}

std::vector<Int> numbers_in_list(const SqlAnswer& answer) {
  std::vector<Int> numbers;
  const auto* cell = only_cell(answer);
  if (cell == nullptr || !*cell) return numbers;
  std::string_view text = **cell;
  while (true) {
    const std::size_t blank = text.find(' ');
    numbers.push_back(number_in_view(text.substr(0, blank)));
    if (blank == std::string_view::npos) return numbers;
    text.remove_prefix(blank + 1);
  }
}

}  // namespace tribunal
