#include "checkers/classic/set_outcomes.h"

#include <algorithm>

namespace tribunal {
namespace {

Element& element_of(SetOutcomes& set, Value value) {
  const std::uint32_t number = set.values.number(value);
  if (number == set.elements.size()) set.elements.emplace_back();
  return set.elements[number];
}

void take_add(SetOutcomes& set, const Operation& add, std::uint32_t place) {
  Element& element = element_of(set, add.value);
  if (add.outcome == Outcome::failed) {
    if (element.add == Element::none) element.add = place;
    return;
  }
  if (element.attempt == Element::none) {
    element.attempt = add.began;
    element.add = place;
  }
  if (add.ok() && add.ended < element.acknowledged) {
    element.acknowledged = add.ended;
    element.acknowledged_by = place;
  }
}

// `rank`: how many reads were invoked later.
void take_read(SetOutcomes& set, const Operation& read, std::uint32_t rank,
               std::span<const Value> values) {
  for (const Value value : values) {
    Element& element = element_of(set, value);
    if (element.seen_in == rank) {
      element.twice_in = set.reads[rank];
      continue;
    }
    element.seen_in = rank;
    if (element.run == rank) element.run = rank + 1;
    if (element.last_present == Element::none) element.last_present = set.reads[rank];
    if (read.ended < element.first_read_end) {
      element.first_read_end = read.ended;
      element.first_read = set.reads[rank];
    }
  }
}

ElementOutcome judge(const History& history, const SetOutcomes& set, const Element& element) {
  const bool read = element.last_present != Element::none;
  if (read && (element.attempt == Element::none || element.first_read_end < element.attempt)) {
    return ElementOutcome::unexpected;
  }
  if (element.attempt == Element::none) return ElementOutcome::silent;
  const Operation* absent =
      element.run < set.reads.size() ? &history.operations[set.reads[element.run]] : nullptr;
  if (absent != nullptr && absent->ended < element.attempt) absent = nullptr;
  const bool known = element.known() != Element::none;
  const bool missed = absent != nullptr && known && element.known() < absent->began;
  if (read &&
      (absent == nullptr || absent->began < history.operations[element.last_present].began)) {
    return missed ? ElementOutcome::stale : ElementOutcome::stable;
  }
  if (missed) return ElementOutcome::lost;
  return known ? ElementOutcome::never_read : ElementOutcome::silent;
}

}  // namespace

std::size_t SetOutcomes::bytes() const {
  return values.bytes() + elements.capacity() * sizeof(Element) +
         reads.capacity() * sizeof(std::uint32_t);
}

std::span<const Value> elements_read(const History& history, const Operation& read) {
  if (read.value.is_nil()) return {};
  return history.values.elements(read.value);
}

SetOutcomes outcomes_of(const History& history, std::span<const std::uint32_t> operations,
                        Watch& watch) {
  SetOutcomes set;
  set.values.reset(operations.size());
  for (const std::uint32_t place : operations) {
    const Operation& operation = history.operations[place];
    if (operation.function == Function::add) take_add(set, operation, place);
    if (operation.function == Function::read && operation.ok()) set.reads.push_back(place);
    if (watch.spent()) return set;
  }
  std::reverse(set.reads.begin(), set.reads.end());
  for (std::uint32_t rank = 0; rank < set.reads.size(); ++rank) {
    const Operation& read = history.operations[set.reads[rank]];
    const std::span<const Value> values = elements_read(history, read);
    constexpr std::size_t slice = 65'536;
    for (std::size_t first = 0; first < values.size(); first += slice) {
      take_read(set, read, rank, values.subspan(first, std::min(slice, values.size() - first)));
      if (values.size() > slice && watch.look()) return set;
    }
    if (watch.spent() || !watch.affords(set.bytes())) return set;
  }
  for (Element& element : set.elements) element.outcome = judge(history, set, element);
  set.complete = true;
  return set;
}

}  // namespace tribunal
