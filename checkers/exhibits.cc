#include "checkers/exhibits.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace tribunal {

Exhibit exhibit(const History& history, const Operation& operation) {
  constexpr std::string_view outcomes[] = {"ok", "failed", "unknown"};
  Exhibit result;
  result.began = operation.began;
  result.ended = operation.ended;
  result.invoked_at = operation.invoked_at;
  result.completed_at =
      operation.ended == Operation::never ? Operation::no_time : operation.completed_at;
  result.process = operation.process;
  result.node = history.nodes.at(operation.node);
  result.text = history.show(operation);
  result.outcome = outcomes[static_cast<std::size_t>(operation.outcome)];
  return result;
}

std::string who(const History& history, const Operation& operation) {
  const std::string& node = history.nodes.at(operation.node);
  return fmt::format("process {}{}", operation.process, node.empty() ? "" : " on " + node);
}

std::string span_of_time(std::int64_t nanoseconds) {
  const double size = std::abs(static_cast<double>(nanoseconds));
  if (size >= 1e9) return fmt::format("{:.3f} s", size / 1e9);
  if (size >= 1e6) return fmt::format("{:.1f} ms", size / 1e6);
  if (size >= 1e3) return fmt::format("{:.1f} us", size / 1e3);
  return fmt::format("{:.0f} ns", size);
}

std::string gap(const Operation& before, const Operation& after) {
  if (before.completed_at == Operation::no_time || after.invoked_at <= before.completed_at)
    return "just";
  return span_of_time(after.invoked_at - before.completed_at);
}

std::string shortened(const std::string& text) {
  constexpr std::size_t most = 60, front = 26, back = 30;
  if (text.size() <= most) return text;
  return text.substr(0, front) + "..." + text.substr(text.size() - back);
}

std::string of_key(const History& history, Value key) {
  return key.is_nil() ? std::string() : " of key " + history.values.show(key);
}

EvidenceMaker::EvidenceMaker(const History& history, std::vector<std::uint32_t> places)
    : history_(history), places_(std::move(places)) {
  std::sort(places_.begin(), places_.end());
  places_.erase(std::unique(places_.begin(), places_.end()), places_.end());
  for (const std::uint32_t place : places_) {
    evidence.exhibits.push_back(exhibit(history, history.operations[place]));
  }
}

bool EvidenceMaker::shows(std::uint32_t place) const {
  return std::binary_search(places_.begin(), places_.end(), place);
}

std::size_t EvidenceMaker::exhibit_of(std::uint32_t place) const {
  return static_cast<std::size_t>(std::lower_bound(places_.begin(), places_.end(), place) -
                                  places_.begin());
}

void EvidenceMaker::arrow(std::uint32_t from, std::uint32_t to, std::string why,
                          std::string label) {
  if (from == to || !shows(from) || !shows(to)) return;
  const std::size_t first = exhibit_of(from), second = exhibit_of(to);
  for (const Arrow& known : evidence.arrows) {
    if (known.from == first && known.to == second && known.why == why) return;
  }
  evidence.arrows.push_back({first, second, std::move(why), std::move(label)});
}

void EvidenceMaker::real_time(std::uint32_t from, std::uint32_t to) {
  const Operation& before = history_.operations[from];
  const Operation& after = history_.operations[to];
  const std::string wait = gap(before, after);
  arrow(from, to, "real time", wait == "just" ? "" : wait + " before");
}

}  // namespace tribunal
