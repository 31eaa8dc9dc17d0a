#include "checkers/linearizability/register_cut.h"

#include <algorithm>

#include "checkers/none.h"

namespace tribunal {
// A prefix of a linearizable history is linearizable, so the first impossible one can be found by
// halving; but most often it is where the flaw that was found came to be, which two questions show.
RegisterCut::RegisterCut(const History& history, Value initial,
                         std::span<const std::uint32_t> operations, const ZoneFinding& found,
                         Watch& watch)
    : history_(history),
      operations_(operations),
      both_{RegisterZones(history, initial), RegisterZones(history, initial)},
      finding_(found) {
  std::uint32_t low = 0, high = 0;
  for (const std::uint32_t place : operations_)
    high = std::max(high, at(place).ok() ? at(place).ended : at(place).began);
  impossible_at_ = high;
  bool asked = false;
  for (std::size_t tried = 0; low < high && !watch.look(); ++tried) {
    const std::uint32_t middle = low + (high - low) / 2;
    std::uint32_t probe = tried % 4 == 3 ? middle : tried % 4 == 2 ? high - 1 : likely_event();
    if (probe >= high) probe = high - 1;
    if (probe < low) probe = low;
    const ZoneFinding earlier = other_->judge(operations_, watch, probe);
    if (earlier.flaw == Flaw::spent) break;
    if (earlier.flaw == Flaw::none) {
      low = probe + 1;
      continue;
    }
    std::swap(zones_, other_);
    finding_ = earlier;
    impossible_at_ = high = probe;
    asked = true;
  }
  if (asked) return;
  const Budget unlimited;
  Watch patient(unlimited, 1);
  finding_ = zones_->judge(operations_, patient, impossible_at_);
}

// When what was found came to be, as far as that can be told from it.
std::uint32_t RegisterCut::likely_event() const {
  const auto end_of = [this](std::uint32_t place) {
    return place == none || !at(place).ok() ? 0 : at(place).ended;
  };
  switch (finding_.flaw) {
    case Flaw::nowhere:
      return end_of(observer_of(finding_.other));
    case Flaw::consumed_twice:
      return std::max(end_of(effect_of(finding_.value)), end_of(effect_of(finding_.other)));
    case Flaw::order:
    case Flaw::zones: {
      std::uint32_t event = 0;
      for (const Moment end : {finding_.first_end, finding_.second_end}) {
        if (end != 0) event = std::max(event, end - 1);
      }
      for (const Moment last : {finding_.first_last, finding_.second_last})
        event = std::max(event, end_of(begun_at(last)));
      return event;
    }
    default:
      return impossible_at_;
  }
}

std::uint32_t RegisterCut::begun_at(Moment moment) const {
  if (moment == 0) return none;
  const auto found = std::lower_bound(
      operations_.begin(), operations_.end(), moment - 1,
      [this](std::uint32_t place, std::uint32_t event) { return at(place).began < event; });
  return found != operations_.end() && at(*found).began == moment - 1 ? *found : none;
}

std::uint32_t RegisterCut::ended_at(Moment moment) const {
  for (const std::uint32_t place : operations_) {
    if (moment != 0 && at(place).ended == moment - 1) return place;
  }
  return none;
}

// The operation that shows that the write of `value` took effect.
std::uint32_t RegisterCut::effect_of(Value value) const { return begun_at(zones_->witness(value)); }

// The first operation that was told `value` before the cut.
std::uint32_t RegisterCut::observer_of(Value value) const {
  for (const std::uint32_t place : operations_) {
    const Operation& operation = at(place);
    if (operation.ok() && operation.ended <= impossible_at_ &&
        operation.function != Function::write && operation.value == value)
      return place;
  }
  return none;
}

}  // namespace tribunal
