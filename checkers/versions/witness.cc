#include "checkers/versions/witness.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/none.h"
#include "checkers/versions/causal_path.h"

namespace tribunal {
namespace {

Value written(const Operation& operation) {
  return operation.function == Function::cas ? operation.to : operation.value;
}

// Of an operation whose answer was lost: who read what it wrote, and who read that, until one whose
// answer came. That it happened is known by them alone.
std::vector<std::uint32_t> those_that_show(const History& history, const Versions& versions,
                                           std::uint32_t place) {
  std::vector<std::uint32_t> places{place};
  while (!history.operations[places.back()].ok()) {
    const auto wrote =
        std::find_if(versions.steps.begin(), versions.steps.end(),
                     [&](const SessionStep& s) { return s.operation == places.back(); });
    if (wrote == versions.steps.end()) break;
    const auto reader = std::find_if(versions.steps.begin(), versions.steps.end(),
                                     [&](const SessionStep& s) { return s.read == wrote->wrote; });
    if (reader == versions.steps.end()) break;
    places.push_back(reader->operation);
  }
  return places;
}

}  // namespace

void Witness::arrow(std::uint32_t from, std::uint32_t to, std::string why, std::string label) {
  show(from);
  show(to);
  arrows_.push_back({operation(from), operation(to), std::move(why), std::move(label)});
}

void Witness::causal(std::uint32_t from, std::uint32_t to) {
  const std::vector<std::uint32_t> path = causal_path(versions_, from, to);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const bool same = versions_.steps[path[i]].session == versions_.steps[path[i + 1]].session;
    arrow(path[i], path[i + 1], same ? "session order" : "reads from");
  }
}

void Witness::reads_from(std::uint32_t version, std::uint32_t step) {
  if (versions_.initial(version)) return;
  arrow(versions_.writers[version], step, "reads from");
}

std::size_t Witness::size() const {
  std::vector<std::uint32_t> places = places_;
  std::sort(places.begin(), places.end());
  return static_cast<std::size_t>(std::unique(places.begin(), places.end()) - places.begin());
}

std::string Witness::who(std::uint32_t step) const {
  return tribunal::who(history_, history_.operations[operation(step)]);
}

std::string Witness::call(std::uint32_t step) const {
  return shortened(history_.show(history_.operations[operation(step)]));
}

std::string Witness::value(std::uint32_t version) const {
  if (versions_.initial(version)) return "the initial value";
  return history_.values.show(written(history_.operations[versions_.writes[version]]));
}

Evidence Witness::make(std::string anomaly, std::uint32_t key, std::string sentence,
                       std::uint32_t at_step) const {
  EvidenceMaker maker(history_, places_);
  for (const Drawn& drawn : arrows_) maker.arrow(drawn.from, drawn.to, drawn.why, drawn.label);
  for (Exhibit& exhibit : maker.evidence.exhibits) exhibit.text = shortened(exhibit.text);
  maker.evidence.anomaly = std::move(anomaly);
  const Value name = versions_.keys[key];
  maker.evidence.key = name.is_nil() ? "" : history_.values.show(name);
  maker.evidence.sentence = std::move(sentence);
  const Operation& last = history_.operations[operation(at_step)];
  maker.evidence.impossible_at = last.ended == Operation::never ? last.began : last.ended;
  return std::move(maker.evidence);
}

std::vector<Evidence> flaw_evidence(const History& history, const Versions& versions,
                                    std::size_t most) {
  std::vector<Evidence> all;
  for (const ReadFlaw& flaw : versions.flaws) {
    if (flaw.kind == ReadFlaw::disputed || all.size() == most) continue;
    const Operation& read = history.operations[flaw.operation];
    const std::vector<std::uint32_t> shown = those_that_show(history, versions, flaw.operation);
    std::vector<std::uint32_t> places = shown;
    if (flaw.other != none) places.push_back(flaw.other);
    EvidenceMaker maker(history, places);
    for (std::size_t i = 0; i + 1 < shown.size(); ++i)
      maker.arrow(shown[i], shown[i + 1], "reads from", "so that it happened");
    Evidence& evidence = maker.evidence;
    const std::string value = history.values.show(flaw.value);
    const std::string reader = who(history, read);
    if (flaw.kind == ReadFlaw::thin_air) {
      evidence.anomaly = "value from nowhere";
      evidence.sentence =
          fmt::format("{} read {}{}, which nobody wrote", reader, value, of_key(history, read.key));
    } else if (flaw.kind == ReadFlaw::aborted) {
      evidence.anomaly = "aborted read";
      evidence.sentence = fmt::format("{} read {}{}, whose write had failed and so had no effect",
                                      reader, value, of_key(history, read.key));
      maker.arrow(flaw.other, flaw.operation, "reads from", "though it failed");
    } else {
      evidence.anomaly = "duplicated element";
      evidence.sentence = fmt::format("{} read {} twice in one list{}, though it was appended once",
                                      reader, value, of_key(history, read.key));
    }
    evidence.key = read.key.is_nil() ? "" : history.values.show(read.key);
    evidence.impossible_at = read.ended;
    for (Exhibit& exhibit : evidence.exhibits) exhibit.text = shortened(exhibit.text);
    all.push_back(std::move(evidence));
  }
  return all;
}

std::string repeated_reason(const History& history, const Versions& versions) {
  const auto [first, second] = *versions.repeated;
  const Operation& later = history.operations[second];
  const std::string value = history.values.show(written(later));
  if (first == none)
    return fmt::format(
        "{} (event {}) writes {}, which the key held at first, so that nobody can "
        "say where a read of it comes from",
        who(history, later), later.began, value);
  return fmt::format(
      "{} is written twice{} (events {} and {}), so that nobody can say where a read "
      "of it comes from",
      value, of_key(history, later.key), history.operations[first].began, later.began);
}

}  // namespace tribunal
