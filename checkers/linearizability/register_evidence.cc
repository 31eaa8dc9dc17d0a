#include "checkers/linearizability/register_evidence.h"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/linearizability/interned_space.h"
#include "checkers/linearizability/models/register.h"
#include "checkers/linearizability/reduction.h"
#include "checkers/linearizability/register_cut.h"
#include "checkers/none.h"

namespace tribunal {
namespace {

constexpr std::size_t most_exhibits = 10;

// One violated key, cut after the first impossible completion.
class Story {
 public:
  Story(const History& history, Value initial, std::span<const std::uint32_t> operations,
        const ZoneFinding& found, Watch& watch)
      : history_(history),
        initial_(initial),
        operations_(operations),
        cut_(history, initial, operations, found, watch) {
    index_writers();
  }

  Evidence tell() {
    switch (cut_.finding().flaw) {
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
  void index_writers();
  std::uint32_t writer(Value value) const;
  std::uint32_t failed_writer(Value value) const;
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
  RegisterCut cut_;
  FlatIndex values_;
  std::vector<std::uint32_t> writers_;  // by number of the value
  std::ptrdiff_t left_out_ = 0;         // operations of a chain too long to be shown
};

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

// `core`, what shows that the unknown ones took effect, and every write that these need, back to
// the beginning of their chains.
std::vector<std::uint32_t> Story::with_sources(std::vector<std::uint32_t> core) {
  for (std::size_t i = 0, given = core.size(); i < given; ++i) {
    if (core[i] != none && at(core[i]).ended > cut_.impossible_at())
      core.push_back(cut_.effect_of(seen_after(at(core[i]))));
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
  maker.evidence.impossible_at = cut_.impossible_at();
  return std::move(maker.evidence);
}

Evidence Story::tell_nowhere() {
  const Value value = cut_.finding().value;
  const std::uint32_t failed = failed_writer(value), future = writer(value),
                      observer = cut_.observer_of(cut_.finding().other);
  std::vector<std::uint32_t> places = with_sources({observer});
  if (failed != none && future == none) places.push_back(failed);
  EvidenceMaker maker(history_, places);
  std::string sentence = fmt::format("{} {} {}", the(observer),
                                     at(observer).function == Function::read ? "returned" : "found",
                                     show(cut_.finding().other));
  if (cut_.finding().other != value) {
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

Evidence Story::tell_consumed_twice() {
  const std::uint32_t first = writer(cut_.finding().value), second = writer(cut_.finding().other);
  EvidenceMaker maker(history_, with_sources({first, second, cut_.effect_of(cut_.finding().value),
                                              cut_.effect_of(cut_.finding().other)}));
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
  std::uint32_t place = writer(cut_.finding().value);
  while (std::find(cycle.begin(), cycle.end(), place) == cycle.end()) {
    cycle.push_back(place);
    place = writer(at(place).value);
  }
  std::vector<std::uint32_t> places = cycle;
  if (cut_.effect_of(cut_.finding().value) != none)
    places.push_back(cut_.effect_of(cut_.finding().value));
  EvidenceMaker maker(history_, places);
  std::string sentence = fmt::format(
      "Only a compare-and-set wrote {}, and it had to find {}; going back from there leads round "
      "to {} again, so none "
      "of these compare-and-sets can have been the first.",
      show(cut_.finding().value), show(at(writer(cut_.finding().value)).value), show(at(place).to));
  return finish(maker, "compare-and-set cycle", std::move(sentence));
}

Evidence Story::tell_order() {
  const std::uint32_t later = cut_.ended_at(cut_.finding().first_end),
                      earlier = cut_.begun_at(cut_.finding().first_last);
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
  std::uint32_t ends[] = {cut_.ended_at(cut_.finding().first_end),
                          cut_.ended_at(cut_.finding().second_end)};
  std::uint32_t lasts[] = {cut_.begun_at(cut_.finding().first_last),
                           cut_.begun_at(cut_.finding().second_last)};
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
