#include "clients/etcd/numbers.h"

#include <fmt/format.h>

#include <charconv>

namespace tribunal {
namespace {

constexpr std::uint64_t sign_bit = std::uint64_t{1} << 63;

template <class T>
std::optional<T> decimal(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Int number_or_throw(std::string_view text) {
  if (const auto number = decimal<Int>(text)) return *number;
  throw Nonsense("the value is no number");
}

}  // namespace

std::string element_text(Int element) {
  const auto bits = static_cast<std::uint64_t>(element);
  if (element >= 0) return fmt::format("{:019}", bits);
  return fmt::format("-{:019}", bits - sign_bit);  // '-' sorts before digits
}

std::optional<Int> element_of(std::string_view text) {
  const bool negative = text.starts_with('-');
  const auto digits = decimal<std::uint64_t>(text.substr(negative ? 1 : 0));
  if (!digits || *digits >= sign_bit) return std::nullopt;
  return static_cast<Int>(negative ? *digits - sign_bit : *digits);
}

Int number_in(const KeyValue& pair) { return number_or_throw(pair.value); }

std::vector<Int> numbers_in(const KeyValue& pair) {
  std::vector<Int> numbers;
  for (std::string_view rest = pair.value; !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(' '));
    numbers.push_back(number_or_throw(one));
    rest.remove_prefix(std::min(rest.size(), one.size() + 1));
  }
  return numbers;
}

Int element_in(const KeyValue& pair, std::size_t prefix) {
  if (const auto element = element_of(std::string_view(pair.key).substr(prefix))) return *element;
  throw Nonsense("the element is no number");
}

}  // namespace tribunal
