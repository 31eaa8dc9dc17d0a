#include "harness/assemble/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "harness/record/history.h"

namespace tribunal {
namespace {

using Columns = std::map<std::uint32_t, std::size_t>;  // of moments, by their place in the history

// Columns for the moments of a few operations, in their order, each box wide enough for its words.
Columns columns(const std::vector<Exhibit>& exhibits) {
  Columns column, least;  // least, by end: how far right of what it must be
  for (const auto& exhibit : exhibits) column[exhibit.began] = 0;
  for (const auto& exhibit : exhibits) {
    if (exhibit.ended != Operation::never) column[exhibit.ended] = 0;
  }
  std::size_t next = 0;
  for (auto& [moment, at] : column) {
    at = std::max(next, least.contains(moment) ? least[moment] : 0);
    next = at + 2;
    for (const auto& exhibit : exhibits) {
      if (exhibit.began == moment) least[exhibit.ended] = at + exhibit.text.size() + 7;
    }
  }
  return column;
}

class Canvas {
 public:
  explicit Canvas(const std::vector<Exhibit>& exhibits) : column_(columns(exhibits)) {
    for (const auto& exhibit : exhibits) {
      draw(exhibit);
      nodes_[exhibit.process] = exhibit.node;
    }
    for (const auto& [process, node] : nodes_) {
      node_width_ = std::max(node_width_, node.size());
      process_width_ = std::max(process_width_, fmt::format("p{}", process).size());
    }
  }

  std::string strips(std::size_t widest) const {
    const std::size_t labels = 4 + (node_width_ > 0 ? node_width_ + 3 : 0) + process_width_ + 4;
    const std::size_t room = std::max<std::size_t>(widest > labels ? widest - labels : 0, 40);
    std::string text;
    for (std::size_t begin = 0; begin < width_;) {
      const std::size_t end = width_ - begin <= room ? width_ : cut_before(begin, begin + room);
      if (begin > 0) text += "\n";
      append_strip(text, begin, end);
      begin = end;
    }
    return text;
  }

 private:
  void draw(const Exhibit& exhibit) {
    std::string& line = lines_[exhibit.process];
    const auto begin = column_.at(exhibit.began);
    const bool open = exhibit.ended == Operation::never;
    const auto end = open ? begin + exhibit.text.size() + 7 : column_.at(exhibit.ended);
    if (line.size() < end + 1) line.resize(end + 1, ' ');
    for (auto i = begin; i <= end; ++i) line[i] = '-';
    line[begin] = '|';
    line[end] = open ? '?' : '|';
    line.replace(begin + 3, exhibit.text.size() + 2, " " + exhibit.text + " ");
    words_.emplace_back(begin, begin + 8 + exhibit.text.size());
    width_ = std::max(width_, end + 1);
  }

  bool cuts_words(std::size_t column) const {
    return std::any_of(words_.begin(), words_.end(), [&](const auto& span) {
      return span.first < column && column < span.second;
    });
  }

  // The last column up to `most` that cuts no words; if there is none, the first after it.
  std::size_t cut_before(std::size_t begin, std::size_t most) const {
    for (std::size_t column = most; column > begin + 1; --column) {
      if (!cuts_words(column)) return column;
    }
    while (most < width_ && cuts_words(most)) ++most;
    return most;
  }

  void append_strip(std::string& text, std::size_t begin, std::size_t end) const {
    for (const auto& [process, line] : lines_) {
      const auto part = line.substr(std::min(begin, line.size()), end - begin);
      std::string row = "    ";
      if (node_width_ > 0) row += fmt::format("{:<{}}   ", nodes_.at(process), node_width_);
      row += fmt::format("{:<{}}    {}", fmt::format("p{}", process), process_width_, part);
      text += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
  }

  const Columns column_;
  std::map<std::uint32_t, std::string> lines_, nodes_;      // by process
  std::vector<std::pair<std::size_t, std::size_t>> words_;  // columns of each call's own text
  std::size_t width_ = 0, node_width_ = 0, process_width_ = 0;
};

// A process that moved between nodes names them call by call, since its line has one place for one.
std::vector<Exhibit> with_nodes_in_place(std::vector<Exhibit> exhibits) {
  std::map<std::uint32_t, std::string> first;
  std::set<std::uint32_t> moved;
  for (const auto& exhibit : exhibits) {
    const auto it = first.try_emplace(exhibit.process, exhibit.node).first;
    if (it->second != exhibit.node) moved.insert(exhibit.process);
  }
  for (auto& exhibit : exhibits) {
    if (!moved.contains(exhibit.process)) continue;
    exhibit.text = exhibit.node + ": " + exhibit.text;
    exhibit.node.clear();
  }
  return exhibits;
}

}  // namespace

std::string drawing(const std::vector<Exhibit>& exhibits, std::size_t widest) {
  return Canvas(with_nodes_in_place(exhibits)).strips(widest);
}

}  // namespace tribunal
