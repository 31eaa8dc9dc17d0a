#include "tests/checkers/drawing.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <stdexcept>
#include <vector>

namespace tribunal {
namespace {

constexpr std::int64_t column_time = 1'000'000;  // nanoseconds

struct Drawn {
  std::size_t process = 0;  // by line name
  std::string node;
  std::size_t begin = 0, end = 0;
  char ending = '|';
  std::string text;
};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c != ' ' || depth > 0 || quoted) {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(word);
  return words;
}

[[noreturn]] void fail(const std::string& why, std::string_view line) {
  throw std::runtime_error("drawing: " + why + ": " + std::string(line));
}

// `|-- text --|` and the like on one line.
void take_line(std::string_view line, const Drawn& whose, std::vector<Drawn>& drawn) {
  for (std::size_t begin = line.find("|-- "); begin != std::string_view::npos;
       begin = line.find("|-- ", begin + 1)) {
    const std::size_t dashes = line.find(" --", begin + 3);
    if (dashes == std::string_view::npos) fail("an operation without an end", line);
    const std::size_t end = line.find_first_not_of('-', dashes + 1);
    if (end == std::string_view::npos ||
        std::string_view("|x?").find(line[end]) == std::string_view::npos) {
      fail("an operation ends with none of | x ?", line);
    }
    drawn.push_back(whose);
    drawn.back().begin = begin;
    drawn.back().end = end;
    drawn.back().ending = line[end];
    drawn.back().text = line.substr(begin + 4, dashes - begin - 4);
    begin = end;
  }
}

void take_header(Drawing& drawing, std::string_view line) {
  const std::size_t colon = line.rfind(": ");
  if (colon == std::string_view::npos) fail("no header", line);
  const std::string value(line.substr(colon + 2));
  const std::vector<std::string> words = words_of(line.substr(0, colon));
  if (words.front() == "anomaly") {
    drawing.anomaly = value;
    return;
  }
  drawing.checker = words.front();
  drawing.expected = value;
  for (std::size_t i = 1; i + 1 < words.size(); i += 2)
    drawing.options[words[i].substr(2)] = words[i + 1];
}

Function function_named(const std::string& name, History& history) {
  const auto known = std::find(function_names.begin(), function_names.end(), name);
  if (known != function_names.end()) return static_cast<Function>(known - function_names.begin());
  const auto named = std::find(history.functions.begin(), history.functions.end(), name);
  const auto number = named - history.functions.begin();
  if (named == history.functions.end()) history.functions.push_back(name);
  return static_cast<Function>(static_cast<std::ptrdiff_t>(Function::first_unnamed) + number);
}

std::uint16_t node_named(const std::string& name, History& history) {
  const auto known = std::find(history.nodes.begin(), history.nodes.end(), name);
  const auto number = known - history.nodes.begin();
  if (known == history.nodes.end()) history.nodes.push_back(name);
  return static_cast<std::uint16_t>(number);
}

Operation operation_of(const Drawn& drawn, History& history) {
  const std::vector<std::string> words = words_of(drawn.text);
  if (words.empty()) fail("an empty operation", drawn.text);
  Operation operation;
  operation.function = function_named(words[0], history);
  if (words.size() > 1) operation.key = parse_value(words[1], history.values);
  if (words.size() > 2) operation.value = parse_value(words[2], history.values);
  if (words.size() > 3) operation.to = parse_value(words[3], history.values);
  operation.node = node_named(drawn.node, history);
  operation.invoked_at = static_cast<std::int64_t>(drawn.begin) * column_time;
  operation.completed_at = static_cast<std::int64_t>(drawn.end) * column_time;
  operation.outcome = drawn.ending == '|'   ? Outcome::ok
                      : drawn.ending == 'x' ? Outcome::failed
                                            : Outcome::unknown;
  return operation;
}

struct Moment {
  std::size_t column;
  int rank;  // within a column beginnings come first
  std::size_t drawn;
};

std::vector<Moment> moments_of(const std::vector<Drawn>& drawn) {
  std::vector<Moment> moments;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    moments.push_back({drawn[i].begin, 0, i});
    moments.push_back({drawn[i].end, 1, i});
  }
  std::stable_sort(moments.begin(), moments.end(), [](const Moment& a, const Moment& b) {
    return a.column != b.column ? a.column < b.column : a.rank < b.rank;
  });
  return moments;
}

void lay_out(const std::vector<Drawn>& drawn, const std::vector<std::string>& names,
             History& history) {
  std::vector<std::uint32_t> process_of(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) process_of[i] = static_cast<std::uint32_t>(i);
  auto fresh = static_cast<std::uint32_t>(names.size());
  std::vector<std::size_t> place(drawn.size());
  for (const Moment& moment : moments_of(drawn)) {
    const Drawn& one = drawn[moment.drawn];
    const std::uint32_t event = history.events++;
    const std::string name = one.text.substr(0, one.text.find(' '));
    const bool is_word = name == "last-look" || name == "applied";
    if (names[one.process] == "nemesis" && is_word && moment.rank == 1) continue;
    if (names[one.process] == "nemesis") {
      const std::string detail =
          is_word && one.text != name ? one.text.substr(name.size() + 1) : "";
      history.faults.push_back({static_cast<std::int64_t>(moment.column) * column_time, event,
                                static_cast<std::int32_t>(moment.drawn),
                                moment.rank == 0 && !is_word, moment.rank == 1,
                                is_word ? name : one.text, detail});
    } else if (moment.rank == 0) {
      place[moment.drawn] = history.operations.size();
      history.operations.push_back(operation_of(one, history));
      history.operations.back().began = event;
      history.operations.back().process = process_of[one.process];
    } else if (one.ending == '?') {
      process_of[one.process] = fresh++;
    } else {
      history.operations[place[moment.drawn]].ended = event;
    }
  }
}

}  // namespace

Value parse_value(std::string_view text, Values& values) {
  if (text == "nil") return Value::nil();
  if (text.front() == '[') {
    std::vector<Value> elements;
    for (const std::string& word : words_of(text.substr(1, text.size() - 2))) {
      elements.push_back(parse_value(word, values));
    }
    return values.list(elements);
  }
  if (text.size() > 1 && text.front() == '"') return values.text(text.substr(1, text.size() - 2));
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return values.number(number);
  return values.text(text);
}

Drawing parse_drawing(std::string_view text) {
  Drawing drawing;
  std::vector<std::string> names;
  std::vector<Drawn> drawn;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    if (line.find("|-- ") == std::string::npos) {
      take_header(drawing, line);
      continue;
    }
    const std::string whole = line.substr(0, line.find(' '));
    const std::string name = whole.substr(0, whole.find('@'));
    const auto found = std::find(names.begin(), names.end(), name);
    const auto process = static_cast<std::size_t>(found - names.begin());
    if (found == names.end()) names.push_back(name);
    Drawn whose;
    whose.process = process;
    if (name.size() < whole.size()) whose.node = whole.substr(name.size() + 1);
    take_line(line, whose, drawn);
  }
  lay_out(drawn, names, drawing.history);
  return drawing;
}

}  // namespace tribunal
