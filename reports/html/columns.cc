// From flat operations to columns of small numbers.
#include "reports/html/columns.h"

#include <algorithm>
#include <unordered_map>

#include "reports/escape.h"

namespace tribunal {
namespace {

constexpr std::size_t longest_text = 240;  // bytes shown of a value
constexpr std::size_t most_texts_bytes =
    24u << 20;  // of all of them: what a browser still takes as one JSON text
constexpr std::size_t most_errors = 50'000;
constexpr std::size_t list_head = 24, list_tail = 4;  // elements shown of a long list

void put(std::string& column, std::uint64_t number) {
  while (number >= 0x80) {
    column += static_cast<char>(number | 0x80);
    number >>= 7;
  }
  column += static_cast<char>(number);
}

std::uint64_t zigzag(std::int64_t number) {
  return static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
}

// Numbers the values of one history, each once.
class Dictionary {
 public:
  explicit Dictionary(const Values& values) : values_(values) {}

  std::uint64_t code(Value value) {
    constexpr std::uint64_t exact_in_browser = std::uint64_t{1}
                                               << 51;  // with two bits to spare below 2^53
    if (value.is_nil()) return 0;
    if (value.is_integer() && zigzag(value.as_integer()) < exact_in_browser)
      return zigzag(value.as_integer()) * 2 + 1;
    const auto [place, fresh] = places_.try_emplace(value.bits(), texts_.size());
    if (fresh && !add(value)) place->second = overflow();
    return place->second * 2 + 2;
  }

  std::vector<std::string> take() { return std::move(texts_); }

 private:
  bool add(Value value) {
    if (bytes_ >= most_texts_bytes) return false;
    texts_.push_back(clipped(show(value), longest_text));
    bytes_ += texts_.back().size() + 4;
    return true;
  }

  std::uint64_t overflow() {
    if (overflow_ == 0) {
      texts_.push_back("(not kept in this page)");
      overflow_ = texts_.size();
    }
    return overflow_ - 1;
  }

  std::string show(Value value) const {
    if (!value.is_interned() || !values_.is_list(value)) return values_.show(value);
    const auto elements = values_.elements(value);
    if (elements.size() <= list_head + list_tail + 1) return values_.show(value);
    std::string text = "[";
    for (std::size_t i = 0; i < list_head; ++i) text += values_.show(elements[i]) + ", ";
    text = clipped(text, longest_text / 2) + " ";
    text += "\xe2\x80\xa6 " + std::to_string(elements.size() - list_head - list_tail) + " more";
    for (std::size_t i = elements.size() - list_tail; i < elements.size(); ++i)
      text += ", " + values_.show(elements[i]);
    return text + "]";
  }

  const Values& values_;
  std::unordered_map<std::int64_t, std::uint64_t> places_;
  std::vector<std::string> texts_;
  std::size_t bytes_ = 0;
  std::uint64_t overflow_ = 0;  // its place + 1; 0: not needed so far
};

// One column at a time: the bytes of like numbers lie together, which deflate rewards.
template <class Number>
void add_column(Columns& result, const char* name, const History& history, Number number) {
  std::string bytes;
  bytes.reserve(history.operations.size() * 2);
  for (const auto& operation : history.operations) put(bytes, number(operation));
  result.columns.emplace_back(name, std::move(bytes));
}

std::uint64_t microseconds(std::int64_t nanoseconds) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(0, nanoseconds)) / 1000;
}

std::uint64_t duration(const Operation& operation) {
  if (operation.completed_at == Operation::no_time) return 0;
  const auto ended = microseconds(operation.completed_at),
             began = microseconds(operation.invoked_at);
  return (ended > began ? ended - began : 0) + 1;
}

void add_times(Columns& result, const History& history) {
  std::uint32_t last_began = 0;
  add_column(result, "began", history,
             [&](const Operation& o) { return o.began - std::exchange(last_began, o.began); });
  std::uint64_t last_time = 0;
  add_column(result, "time", history, [&](const Operation& o) {
    const auto time = std::max(microseconds(o.invoked_at), last_time);
    return time - std::exchange(last_time, time);
  });
  add_column(result, "duration", history, duration);
  add_column(result, "span", history, [](const Operation& o) {
    return o.ended == Operation::never || o.ended < o.began ? 0 : o.ended - o.began;
  });
  add_column(result, "late", history, [](const Operation& o) { return o.late_us; });
}

std::vector<std::string> kept_errors(const History& history) {
  std::vector<std::string> errors;
  for (std::size_t i = 0; i < std::min(history.errors.size(), most_errors); ++i) {
    errors.push_back(clipped(history.errors[i], longest_text));
  }
  if (history.errors.size() > most_errors)
    errors.push_back("(one of more error texts than this page keeps)");
  return errors;
}

}  // namespace

Columns columns_of(const History& history) {
  Columns result;
  result.operations = history.operations.size();
  result.errors = kept_errors(history);
  for (const auto name : function_names) result.functions.emplace_back(name);
  for (const auto& name : history.functions)
    result.functions.push_back(clipped(name, longest_text));
  add_times(result, history);
  add_column(result, "process", history, [](const Operation& o) { return o.process; });
  add_column(result, "node", history, [](const Operation& o) { return o.node; });
  add_column(result, "function", history,
             [](const Operation& o) { return static_cast<std::uint8_t>(o.function); });
  add_column(result, "outcome", history,
             [](const Operation& o) { return static_cast<std::uint8_t>(o.outcome); });
  add_column(result, "error", history,
             [](const Operation& o) { return std::min<std::size_t>(o.error, most_errors); });
  Dictionary dictionary(history.values);
  add_column(result, "key", history, [&](const Operation& o) { return dictionary.code(o.key); });
  add_column(result, "value", history,
             [&](const Operation& o) { return dictionary.code(o.value); });
  add_column(result, "to", history, [&](const Operation& o) { return dictionary.code(o.to); });
  result.texts = dictionary.take();
  return result;
}

}  // namespace tribunal
