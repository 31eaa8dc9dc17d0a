#include "checkers/linearizability/register_evidence.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <unordered_set>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/linearizability/interned_space.h"
#include "checkers/linearizability/models/register.h"
#include "checkers/linearizability/reduction.h"

namespace tribunal {
namespace {

constexpr std::uint32_t none = FlatIndex::none;
constexpr std::size_t most_exhibits = 10;

// One violated key, cut after the first impossible completion.
class Story {
 public:
  Story(const History& history, Value initial, std::span<const std::uint32_t> operations,
        const ZoneFinding& found, Watch& watch)
      : history_(history),
        initial_(initial),
        operations_(operations),
        both_{RegisterZones(history, initial), RegisterZones(history, initial)},
        finding_(found) {
    cut(watch);
    index_writers();
  }

  Evidence tell() {
    switch (finding_.flaw) {
      case Flaw::nowhere:
        return tell_nowhere();
      case Flaw::consumed_twice:
        return tell_consumed_twice();
      case Flaw::no_start:
        return tell_no_start();
      case Flaw::order:
        return tell_order();
      default:
        return tell_zones();
    }
  }

 private:
  void cut(Watch& watch);
  std::uint32_t likely_event() const;
  void index_writers();
  std::uint32_t writer(Value value) const;
  std::uint32_t failed_writer(Value value) const;
  std::uint32_t begun_at(Moment moment) const;
  std::uint32_t ended_at(Moment moment) const;
  std::uint32_t effect_of(Value value) const;
  std::uint32_t observer_of(Value value) const;
  std::vector<std::uint32_t> with_sources(std::vector<std::uint32_t> core);
  Evidence finish(EvidenceMaker& maker, std::string anomaly, std::string sentence) const;
  void link_sources(EvidenceMaker& maker) const;

  Evidence tell_nowhere();
  Evidence tell_consumed_twice();
  Evidence tell_no_start();
  Evidence tell_order();
  Evidence tell_zones();
  std::string stale_sentence(std::uint32_t read, std::uint32_t replacement) const;
  std::string zones_sentence(std::uint32_t first_end, std::uint32_t second_last,
                             std::uint32_t second_end, std::uint32_t first_last) const;

  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  std::string show(Value value) const { return history_.values.show(value); }
  std::string key() const { return of_key(history_, at(operations_.front()).key); }
  std::string the(std::uint32_t place) const {
    return place == none
               ? "the initial value " + show(initial_)
               : fmt::format("'{}' by {}", history_.show(at(place)), who(history_, at(place)));
  }
  // The value an operation needs to find; nothing for a plain write.
  bool needs(const Operation& operation) const { return operation.function != Function::write; }
  Value seen_after(const Operation& operation) const {
    return operation.function == Function::cas ? operation.to : operation.value;
  }

  const History& history_;
  Value initial_;
  std::span<const std::uint32_t> operations_;
  std::array<RegisterZones, 2> both_;
  RegisterZones* zones_ = &both_[0];  // where the finding was made, once the cut is
  RegisterZones* other_ = &both_[1];  // where the next question is asked
  ZoneFinding finding_;
  std::uint32_t impossible_at_ = 0;
  FlatIndex values_;
  std::vector<std::uint32_t> writers_;  // by number of the value
  std::ptrdiff_t left_out_ = 0;         // operations of a chain too long to be shown
};

// A prefix of a linearizable history is linearizable, so the first impossible one can be found by
// halving; but most often it is where the flaw that was found came to be, which two questions show.
void Story::cut(Watch& watch) {
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
    const ZoneFinding found = other_->judge(operations_, watch, probe);
    if (found.flaw == Flaw::spent) break;
    if (found.flaw == Flaw::none) {
      low = probe + 1;
      continue;
    }
    std::swap(zones_, other_);
    finding_ = found;
    impossible_at_ = high = probe;
    asked = true;
  }
  if (asked) return;
  const Budget unlimited;
  Watch patient(unlimited, 1);
  finding_ = zones_->judge(operations_, patient, impossible_at_);
}

// When what was found came to be, as far as that can be told from it.
std::uint32_t Story::likely_event() const {
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

void Story::index_writers() {
  values_.reset(operations_.size() / 2);
  for (const std::uint32_t place : operations_) {
    const Operation& operation = at(place);
    if (operation.outcome == Outcome::failed || operation.function == Function::read) continue;
    const std::uint32_t number = values_.number(seen_after(operation));
    writers_.resize(values_.size(), none);
    writers_[number] = place;
  }
}

std::uint32_t Story::writer(Value value) const {
  const std::uint32_t number = values_.find(value);
  return number == none ? none : writers_[number];
}

std::uint32_t Story::failed_writer(Value value) const {
  for (const std::uint32_t place : operations_) {
    const Operation& operation = at(place);
    if (operation.outcome == Outcome::failed && operation.function != Function::read &&
        seen_after(operation) == value) {
      return place;
    }
  }
  return none;
}

std::uint32_t Story::begun_at(Moment moment) const {
  if (moment == 0) return none;
  const auto found = std::lower_bound(
      operations_.begin(), operations_.end(), moment - 1,
      [this](std::uint32_t place, std::uint32_t event) { return at(place).began < event; });
  return found != operations_.end() && at(*found).began == moment - 1 ? *found : none;
}

std::uint32_t Story::ended_at(Moment moment) const {
  for (const std::uint32_t place : operations_) {
    if (moment != 0 && at(place).ended == moment - 1) return place;
  }
  return none;
}

// The operation that shows that the write of `value` took effect.
std::uint32_t Story::effect_of(Value value) const { return begun_at(zones_->witness(value)); }

// `core`, what shows that the unknown ones took effect, and every write that these need, back to
// the beginning of their chains.
std::vector<std::uint32_t> Story::with_sources(std::vector<std::uint32_t> core) {
  for (std::size_t i = 0, given = core.size(); i < given; ++i) {
    if (core[i] != none && at(core[i]).ended > impossible_at_)
      core.push_back(effect_of(seen_after(at(core[i]))));
  }
  std::vector<std::uint32_t> places;
  std::unordered_set<std::uint32_t> known;
  const auto add = [&](std::uint32_t place) {
    if (place == none || !known.insert(place).second) return false;
    places.push_back(place);
    return true;
  };
  for (const std::uint32_t first : core) {
    bool fresh = add(first);
    std::uint32_t place = first;
    while (fresh && needs(at(place))) {
      place = writer(at(place).value);
      fresh = add(place);
    }
  }
  if (places.size() <= most_exhibits) return places;
  std::vector<std::uint32_t> nearest;
  for (const std::uint32_t place : core) {
    if (place == none) continue;
    nearest.push_back(place);
    if (needs(at(place)) && writer(at(place).value) != none)
      nearest.push_back(writer(at(place).value));
  }
  left_out_ = std::count_if(places.begin(), places.end(), [&](std::uint32_t place) {
    return std::find(nearest.begin(), nearest.end(), place) == nearest.end();
  });
  return nearest;
}

void Story::link_sources(EvidenceMaker& maker) const {
  for (const std::uint32_t place : maker.places()) {
    const Operation& operation = at(place);
    if (operation.outcome == Outcome::failed || !needs(operation) ||
        writer(operation.value) == none)
      continue;
    maker.arrow(writer(operation.value), place,
                operation.function == Function::cas ? "cas" : "reads from");
  }
}

Evidence Story::finish(EvidenceMaker& maker, std::string anomaly, std::string sentence) const {
  link_sources(maker);
  const Value key = at(operations_.front()).key;
  maker.evidence.anomaly = std::move(anomaly);
  maker.evidence.key = key.is_nil() ? "" : show(key);
  if (left_out_ != 0) {
    sentence += fmt::format(" ({} more that lead to these, each finding what the one before left, ",
                            grouped(static_cast<std::uint64_t>(left_out_))) +
                "are left out.)";
  }
  maker.evidence.sentence = std::move(sentence);
  maker.evidence.impossible_at = impossible_at_;
  return std::move(maker.evidence);
}

Evidence Story::tell_nowhere() {
  const Value value = finding_.value;
  const std::uint32_t failed = failed_writer(value), future = writer(value),
                      observer = observer_of(finding_.other);
  std::vector<std::uint32_t> places = with_sources({observer});
  if (failed != none && future == none) places.push_back(failed);
  EvidenceMaker maker(history_, places);
  std::string sentence = fmt::format("{} {} {}", the(observer),
                                     at(observer).function == Function::read ? "returned" : "found",
                                     show(finding_.other));
  if (finding_.other != value) {
    sentence += fmt::format(
        ", which only a compare-and-set can have put there, and that had to find {}", show(value));
  }
  if (future != none) {
    maker.real_time(observer, future);
    sentence += fmt::format(", and was over {} before {}, the only write of {}, was sent.",
                            gap(at(observer), at(future)), the(future), show(value));
    return finish(maker, "read from the future", std::move(sentence));
  }
  if (failed != none) {
    sentence += fmt::format(", but the only attempt to write {}, {}, certainly failed.",
                            show(value), the(failed));
    return finish(maker, "failed write seen", std::move(sentence));
  }
  sentence += fmt::format(", but nobody ever wrote {}{}.", show(value),
                          value.is_nil() ? " and the register did not begin with it" : "");
  return finish(maker, "value from nowhere", std::move(sentence));
}

// The first operation that was told `value` before the cut.
std::uint32_t Story::observer_of(Value value) const {
  for (const std::uint32_t place : operations_) {
    const Operation& operation = at(place);
    if (operation.ok() && operation.ended <= impossible_at_ && needs(operation) &&
        operation.value == value)
      return place;
  }
  return none;
}

Evidence Story::tell_consumed_twice() {
  const std::uint32_t first = writer(finding_.value), second = writer(finding_.other);
  EvidenceMaker maker(history_, with_sources({first, second, effect_of(finding_.value),
                                              effect_of(finding_.other)}));
  const Value taken = at(first).value;
  std::string sentence = fmt::format(
      "{} and {} both found {}{} and replaced it, but {} was put there only once, so only one of "
      "them can have.",
      the(first), the(second), show(taken), key().empty() ? "" : " in the register" + key(),
      show(taken));
  return finish(maker, "value swapped twice", std::move(sentence));
}

Evidence Story::tell_no_start() {
  std::vector<std::uint32_t> cycle;
  std::uint32_t place = writer(finding_.value);
  while (std::find(cycle.begin(), cycle.end(), place) == cycle.end()) {
    cycle.push_back(place);
    place = writer(at(place).value);
  }
  std::vector<std::uint32_t> places = cycle;
  if (effect_of(finding_.value) != none) places.push_back(effect_of(finding_.value));
  EvidenceMaker maker(history_, places);
  std::string sentence = fmt::format(
      "Only a compare-and-set wrote {}, and it had to find {}; going back from there leads round "
      "to {} again, so none "
      "of these compare-and-sets can have been the first.",
      show(finding_.value), show(at(writer(finding_.value)).value), show(at(place).to));
  return finish(maker, "compare-and-set cycle", std::move(sentence));
}

Evidence Story::tell_order() {
  const std::uint32_t later = ended_at(finding_.first_end), earlier = begun_at(finding_.first_last);
  EvidenceMaker maker(history_, with_sources({earlier, later}));
  maker.real_time(later, earlier);
  const Operation& first = at(earlier);
  const Operation& second = at(later);
  const std::string wait = gap(second, first);
  maker.arrow(earlier, later, "must precede");
  return finish(maker, "stale read",
                fmt::format("{} was over {} before {} was sent, yet it must come after it: "
                            "compare-and-set led from {} "
                            "to {}, and {} was never written again.",
                            the(later), wait, the(earlier), show(first.value),
                            show(seen_after(second)), show(first.value)));
}

std::string Story::stale_sentence(std::uint32_t read, std::uint32_t replacement) const {
  const Operation& stale = at(read);
  const Operation& write = at(replacement);
  const std::string& node = history_.nodes.at(write.node);
  return fmt::format(
      "{} acknowledged {} {}{} (process {}) {} before process {}'s {} was sent, yet that {} {}, "
      "which {} had replaced: "
      "the {} of {} must come before the {} of {}, but real time puts it after.",
      node.empty() ? "The database" : node,
      write.function == Function::cas ? "compare-and-set to" : "write", show(seen_after(write)),
      key(), write.process, gap(write, stale), stale.process,
      stale.function == Function::read ? "read" : "compare-and-set",
      stale.function == Function::read ? "read returned" : "compare-and-set found",
      show(stale.value), show(seen_after(write)),
      stale.function == Function::read ? "read" : "compare-and-set", show(stale.value),
      write.function == Function::cas ? "compare-and-set to" : "write", show(seen_after(write)));
}

std::string Story::zones_sentence(std::uint32_t first_end, std::uint32_t second_last,
                                  std::uint32_t second_end, std::uint32_t first_last) const {
  const auto block = [&](std::uint32_t place) {
    return place == none ? show(initial_)
                         : show(needs(at(place)) ? at(place).value : seen_after(at(place)));
  };
  const std::string first = block(first_last), second = block(second_last);
  std::string sentence;
  if (first_end == none) {
    sentence = fmt::format("{} was the value{} before anything was written", first, key());
  } else {
    sentence = fmt::format(
        "{} was over {} before {} was sent, so all that was done with {} must come before all that "
        "was done with {}",
        the(first_end), gap(at(first_end), at(second_last)), the(second_last), first, second);
  }
  return sentence + fmt::format(
                        "; but {} was over {} before {} was sent, which puts {} before {}. Each "
                        "value was written "
                        "once only, so neither can come back.",
                        the(second_end), gap(at(second_end), at(first_last)), the(first_last),
                        second, first);
}

Evidence Story::tell_zones() {
  std::uint32_t ends[] = {ended_at(finding_.first_end), ended_at(finding_.second_end)};
  std::uint32_t lasts[] = {begun_at(finding_.first_last), begun_at(finding_.second_last)};
  EvidenceMaker maker(history_, with_sources({ends[0], lasts[0], ends[1], lasts[1]}));
  for (const int side : {0, 1}) {
    if (ends[side] != none) maker.real_time(ends[side], lasts[1 - side]);
  }
  for (const int side : {0, 1}) {
    const std::uint32_t read = lasts[side], replacement = ends[1 - side];
    if (replacement == none || at(read).function == Function::write) continue;
    if (at(replacement).function != Function::read && lasts[1 - side] == replacement) {
      maker.arrow(read, replacement, "must precede");
      return finish(maker, "stale read", stale_sentence(read, replacement));
    }
  }
  const int first = ends[1] == none ? 1 : 0;
  return finish(maker, "values out of order",
                zones_sentence(ends[first], lasts[1 - first], ends[1 - first], lasts[first]));
}

}  // namespace

Evidence register_evidence(const History& history, Value initial,
                           std::span<const std::uint32_t> operations, const ZoneFinding& found,
                           Watch& watch) {
  Evidence told = Story(history, initial, operations, found, watch).tell();
  RegisterModel model;
  model.history = &history;
  model.initial = initial;
  InternedSpace<RegisterModel> space(model);
  if (stands_alone(history, space, told, operations, watch)) return told;
  Evidence other = reduction(history, space, operations, told.impossible_at, watch);
  return other.exhibits.size() <= most_exhibits ? other : told;
}

}  // namespace tribunal
