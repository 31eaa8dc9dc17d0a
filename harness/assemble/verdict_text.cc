#include "harness/assemble/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/record/history.h"

namespace tribunal {
namespace {

// Columns for the moments of a few operations, in their order, each box wide enough for its words.
std::map<std::uint32_t, std::size_t> columns(const std::vector<Exhibit>& exhibits) {
  std::map<std::uint32_t, std::size_t> column;
  std::map<std::uint32_t, std::size_t> least;  // by end: how far right of what it must be
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

void draw(std::string& line, const Exhibit& exhibit,
          const std::map<std::uint32_t, std::size_t>& column) {
  const auto begin = column.at(exhibit.began);
  const bool open = exhibit.ended == Operation::never;
  const auto end = open ? begin + exhibit.text.size() + 7 : column.at(exhibit.ended);
  if (line.size() < end + 1) line.resize(end + 1, ' ');
  for (auto i = begin; i <= end; ++i) line[i] = '-';
  line[begin] = '|';
  line[end] = open ? '?' : '|';
  line.replace(begin + 3, exhibit.text.size() + 2, " " + exhibit.text + " ");
}

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text;
}

}  // namespace

std::string evidence_text(const Evidence& evidence) {
  std::string text =
      "\n  " + evidence.anomaly + (evidence.key.empty() ? "" : " on key " + evidence.key) + "\n\n";
  const auto column = columns(evidence.exhibits);
  std::map<std::uint32_t, std::string> lines;  // a process a line
  std::map<std::uint32_t, std::string> nodes;
  for (const auto& exhibit : evidence.exhibits) {
    draw(lines[exhibit.process], exhibit, column);
    nodes[exhibit.process] = exhibit.node;
  }
  for (const auto& [process, line] : lines) {
    text += fmt::format("    {:<4} {:<6} {}\n", nodes[process], fmt::format("p{}", process), line);
  }
  for (const auto& arrow : evidence.arrows) {
    const auto name = [&](std::size_t i) { return evidence.exhibits.at(i).text; };
    text += fmt::format("    {} before {}: {}{}\n", name(arrow.from), name(arrow.to), arrow.why,
                        arrow.label.empty() ? "" : " (" + arrow.label + ")");
  }
  return text + "\n  " + evidence.sentence + "\n";
}

std::string verdict_text(const std::vector<Verdict>& verdicts, const std::string& claim) {
  std::string text;
  for (const auto& verdict : verdicts) {
    text += fmt::format("  {:<22} {:<14} {}\n", verdict.checker, name_of(verdict.judgement),
                        verdict.reason);
  }
  for (const auto& verdict : verdicts) {
    for (std::size_t i = 0; i < std::min<std::size_t>(3, verdict.evidence.size()); ++i) {
      text += evidence_text(verdict.evidence[i]);
    }
    if (verdict.violations > 3) text += fmt::format("\n  and {} more\n", verdict.violations - 3);
  }
  const auto judgement = worst(verdicts);
  text += fmt::format("\n{}", upper(name_of(judgement)));
  if (judgement == Judgement::satisfied && !claim.empty()) {
    text += "  " + claim;
  } else {
    const auto it = std::find_if(verdicts.begin(), verdicts.end(), [&](const auto& verdict) {
      return verdict.judgement == judgement;
    });
    if (it != verdicts.end()) text += fmt::format("  {}: {}", it->checker, it->reason);
  }
  return text + "\n";
}

}  // namespace tribunal
