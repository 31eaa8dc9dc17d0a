#include "checkers/convergence/findings.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/exhibits.h"

namespace tribunal {

bool holds_element(const History& history, const Operation& read, Value element) {
  const auto elements = elements_of(history, read.value);
  return std::find(elements.begin(), elements.end(), element) != elements.end();
}

Evidence end_evidence(const Settled& settled, EvidenceMaker& maker, std::uint32_t key,
                      std::string anomaly, std::string sentence) {
  Evidence& evidence = maker.evidence;
  const Operation& read = settled.last(key);
  evidence.anomaly = std::move(anomaly);
  evidence.key = read.key.is_nil() ? "" : settled.history.values.show(read.key);
  evidence.sentence = std::move(sentence);
  evidence.impossible_at = read.ended;
  return std::move(evidence);
}

std::string Settled::everywhere() const {
  std::string names;
  for (const std::uint16_t replica : look.replicas)
    names += (names.empty() ? "" : ", ") + history.nodes[replica];
  return "at every replica (" + shortened(names) + ")";
}

void shorten_lists(const History& history, const std::vector<std::uint32_t>& places, Value element,
                   Evidence& evidence) {
  constexpr std::size_t most = 8;  // elements
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Operation& read = history.operations[places[i]];
    if (read.function != Function::read) continue;
    const auto elements = elements_of(history, read.value);
    if (elements.size() <= most) continue;
    evidence.exhibits[i].text = fmt::format(
        "read{} -> {} elements, {} {}",
        read.key.is_nil() ? "" : " " + history.values.show(read.key), grouped(elements.size()),
        holds_element(history, read, element) ? "with" : "without", history.values.show(element));
  }
}

}  // namespace tribunal
