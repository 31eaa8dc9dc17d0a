#include "tests/checkers/counterexample_drawing.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <vector>

#include "harness/record/history.h"

namespace tribunal {
namespace {

// The words of an exhibit's text; what stands in quotes or brackets is one word.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && (i == 0 || text[i - 1] != '\\')) quoted = !quoted;
    if (!quoted && c == '[') ++depth;
    if (!quoted && c == ']') --depth;
    if (!quoted && c == ',') continue;
    if (c == ' ' && !quoted && depth == 0) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// "read 3 -> 17" as "read 3 17", "cas 1 -> 2" as "cas nil 1 2".
std::string drawn(const Exhibit& exhibit, bool keyed) {
  std::vector<std::string> words = words_of(exhibit.text);
  std::erase(words, "->");
  std::replace(words.begin(), words.end(), std::string("null"), std::string("nil"));
  std::string text = words.front();
  if (!keyed && words.size() > 1) text += " nil";
  for (std::size_t i = 1; i < words.size(); ++i) text += " " + words[i];
  return text;
}

struct Box {
  const Exhibit* exhibit;
  std::string text;
  std::size_t begin = 0, end = 0;  // columns

  bool open() const { return exhibit->ended == Operation::never; }
  std::size_t width() const { return text.size() + 7; }  // from |-- to --|
};

// A column a moment, each box as wide as its words need.
void place(std::vector<Box>& boxes) {
  std::map<std::uint32_t, std::vector<std::size_t*>> moments;
  for (Box& box : boxes) {
    moments[box.exhibit->began].push_back(&box.begin);
    if (!box.open()) moments[box.exhibit->ended].push_back(&box.end);
  }
  std::size_t column = 0;
  for (auto& [moment, places] : moments) {
    for (const Box& box : boxes) {
      if (!box.open() && box.exhibit->ended == moment)
        column = std::max(column, box.begin + box.width());
    }
    for (std::size_t* at : places) *at = column;
    column += 2;
  }
  for (Box& box : boxes) {
    if (box.open()) box.end = box.begin + box.width();
  }
}

void draw(std::string& line, const Box& box) {
  if (line.size() < box.end + 1) line.resize(box.end + 1, ' ');
  for (std::size_t i = box.begin + 1; i < box.end; ++i) line[i] = '-';
  line[box.begin] = '|';
  line[box.end] = box.open() ? '?' : box.exhibit->outcome == "failed" ? 'x' : '|';
  line.replace(box.begin + 3, box.text.size() + 2, " " + box.text + " ");
}

}  // namespace

std::string drawing(const Evidence& evidence) {
  std::vector<Box> boxes;
  for (const Exhibit& exhibit : evidence.exhibits)
    boxes.push_back({&exhibit, drawn(exhibit, !evidence.key.empty())});
  place(boxes);
  std::map<std::uint32_t, std::string> lines;  // by process
  for (const Box& box : boxes) draw(lines[box.exhibit->process], box);
  std::size_t widest = 0;
  for (const auto& [process, line] : lines)
    widest = std::max(widest, fmt::format("p{}", process).size());
  std::string text;
  for (const auto& [process, line] : lines)
    text += fmt::format("{:<{}}  {}\n", fmt::format("p{}", process), widest, line);
  return text;
}

}  // namespace tribunal
