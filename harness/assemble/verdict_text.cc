#include "harness/assemble/verdict_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/assemble/drawing.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t widest = 100;    // columns of a drawing
constexpr std::size_t most_drawn = 3;  // counterexamples of a verdict

std::string upper(std::string_view name) {
  std::string text(name);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  return text;
}

std::string duration(double seconds) {
  if (seconds < 0.0095) return fmt::format("{:.1f} ms", seconds * 1e3);
  if (seconds < 0.9995) return fmt::format("{:.0f} ms", seconds * 1e3);
  return fmt::format("{:.2f} s", seconds);
}

std::string counted(std::uint64_t count, const std::string& thing) {
  return fmt::format("{} {}{}", grouped(count), thing, count == 1 ? "" : "s");
}

// The completion after which no order was left, if it is one of those drawn.
std::string moment_text(const Evidence& evidence) {
  for (const auto& exhibit : evidence.exhibits) {
    if (exhibit.ended != evidence.impossible_at || exhibit.ended == Operation::never) continue;
    return fmt::format("    impossible since event {}, the completion of '{}' by process {}\n",
                       evidence.impossible_at, exhibit.text, exhibit.process);
  }
  return {};
}

std::string more_text(const Verdict& verdict) {
  const auto shown = std::min(most_drawn, verdict.evidence.size());
  if (verdict.violations <= shown) return {};
  return fmt::format("\n  and {} more\n", grouped(verdict.violations - shown));
}

}  // namespace

std::string history_text(const History& history, double seconds_of_reading) {
  std::set<std::uint32_t> processes;
  for (const auto& operation : history.operations) processes.insert(operation.process);
  return fmt::format(
      "  read {} of {} in {}{}\n", counted(history.operations.size(), "operation"),
      fmt::format("{} process{}", grouped(processes.size()), processes.size() == 1 ? "" : "es"),
      duration(seconds_of_reading),
      history.truncated ? "; the last line has no end and was left out" : "");
}

std::string evidence_text(const Evidence& evidence) {
  std::string text =
      "\n  " + evidence.anomaly + (evidence.key.empty() ? "" : " on key " + evidence.key) + "\n\n";
  text += drawing(evidence.exhibits, widest) + "\n";
  for (const auto& arrow : evidence.arrows) {
    const auto name = [&](std::size_t i) { return evidence.exhibits.at(i).text; };
    text += fmt::format("    {} before {}: {}{}\n", name(arrow.from), name(arrow.to), arrow.why,
                        arrow.label.empty() ? "" : " (" + arrow.label + ")");
  }
  return text + moment_text(evidence) + "\n  " + evidence.sentence + "\n";
}

std::string verdict_text(const std::vector<Verdict>& verdicts, const std::string& claim) {
  std::string text;
  for (const auto& verdict : verdicts) {
    text += fmt::format("  {:<22} {:<14} {}\n", verdict.checker, name_of(verdict.judgement),
                        verdict.reason);
    if (verdict.algorithm.empty()) continue;
    text += fmt::format("  {:<37} {} judged in {} by {}\n", "",
                        counted(verdict.operations, "operation"), duration(verdict.seconds),
                        verdict.algorithm);
  }
  for (const auto& verdict : verdicts) {
    for (std::size_t i = 0; i < std::min(most_drawn, verdict.evidence.size()); ++i) {
      text += evidence_text(verdict.evidence[i]);
    }
    text += more_text(verdict);
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
