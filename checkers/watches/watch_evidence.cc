// Why a watch convicts, for people.
#include <fmt/format.h>

#include <algorithm>

#include "checkers/exhibits.h"
#include "checkers/watches/group_judge.h"

namespace tribunal {

struct GroupJudge::Case {
  std::string anomaly;
  std::vector<std::uint32_t> places;
  std::string sentence;
  std::int64_t around = 0;         // the version that it is about
  std::uint32_t convicted = none;  // place of what shows that no order works
};

bool GroupJudge::counted(WatchFigure figure, std::uint64_t count) {
  finding_.counts[static_cast<std::size_t>(figure)] += count;
  return finding_.wants_evidence();
}

// A watch may show thousands of changes; what matters are those around one version.
std::string GroupJudge::shown_watch(const GroupWatch& watch, std::int64_t around) const {
  constexpr std::size_t most = 5;
  const auto shown = group_.shown_by(watch);
  const auto near = std::find_if(shown.begin(), shown.end(), [&](std::uint32_t number) {
    return group_.changes[number].version >= around;
  });
  const auto before = static_cast<std::size_t>(near - shown.begin());
  const std::size_t first = std::min(before - std::min<std::size_t>(before, 2),
                                     shown.size() - std::min(shown.size(), most));
  const std::size_t last = std::min(first + most, shown.size());
  std::string text = fmt::format(
      "watch{} after {} -> ",
      at(watch.place).key.is_nil() ? "" : " " + history_.values.show(at(watch.place).key),
      watch.from);
  if (first > 0) text += fmt::format("{} changes, ", first);
  for (std::size_t i = first; i < last; ++i) {
    const ShownChange& change = group_.changes[shown[i]];
    text += fmt::format("{}: {}={}, ", change.version, history_.values.show(change.which),
                        history_.values.show(change.value));
  }
  if (last < shown.size()) text += fmt::format("{} changes, ", shown.size() - last);
  return text + (watch.bookmark == no_version ? "no bookmark"
                                              : fmt::format("all up to {}", watch.bookmark));
}

void GroupJudge::keep(Case shown) {
  EvidenceMaker maker(history_, shown.places);
  for (std::size_t i = 0; i < maker.places().size(); ++i) {
    const std::uint32_t place = maker.places()[i];
    const auto watch = std::find_if(group_.watches.begin(), group_.watches.end(),
                                    [&](const GroupWatch& one) { return one.place == place; });
    if (watch != group_.watches.end())
      maker.evidence.exhibits[i].text = shown_watch(*watch, shown.around);
    for (std::size_t j = i + 1; j < maker.places().size(); ++j)
      if (at(place).ended < at(maker.places()[j]).began) maker.real_time(place, maker.places()[j]);
  }
  maker.evidence.anomaly = std::move(shown.anomaly);
  maker.evidence.key = shown_key(history_, at(shown.places.front()));
  maker.evidence.sentence = std::move(shown.sentence);
  maker.evidence.impossible_at = at(shown.convicted).ended;
  finding_.evidence.push_back(std::move(maker.evidence));
}

std::string GroupJudge::describe(const Fact& fact) const {
  for (const GroupStep& step : group_.steps_of(group_.writes[fact.write]))
    if (step.which == fact.which)
      return fmt::format("{}={} at version {}", history_.values.show(fact.which),
                         history_.values.show(step.value), fact.version);
  return {};
}

// How it is known that it took effect, with the operations that say so.
std::string GroupJudge::source_of(const Fact& fact, std::vector<std::uint32_t>& places) const {
  const GroupWrite& write = group_.writes[fact.write];
  places.push_back(write.place);
  const ShownChange* shown = nullptr;  // itself, or else of the same transaction
  for (const ShownChange& change : group_.changes) {
    if (!change.credible || change.write != fact.write) continue;
    if (shown == nullptr || change.which == fact.which) shown = &change;
  }
  if (shown != nullptr) places.push_back(shown->earliest);
  const std::string writer = who(history_, at(write.place));
  if (write.told != no_version) return fmt::format("{} was told that it wrote", writer);
  if (shown->which != fact.which) return fmt::format("{} wrote in the same transaction", writer);
  return fmt::format("the watch by {} showed", who(history_, at(shown->earliest)));
}

// Where else the value was written: the change went to the wrong watch, or register.
std::uint32_t GroupJudge::foreign_write(Value value) const {
  if (value.is_nil()) return none;
  for (std::uint32_t place = 0; place < history_.operations.size(); ++place) {
    const Operation& one = at(place);
    if (one.function != Function::txn || !history_.values.is_list(one.value)) continue;
    for (const Value step : history_.values.elements(one.value))
      if (history_.values.elements(step)[2] == value) return place;
  }
  return none;
}

void GroupJudge::convict_source(WatchFigure figure, const ShownChange& change) {
  if (!counted(figure)) return;
  const std::string start = fmt::format(
      "The watch by {} showed {}={} at version {}", who(history_, at(change.earliest)),
      history_.values.show(change.which), history_.values.show(change.value), change.version);
  Case shown{"change from nowhere", {change.earliest}, start, change.version, change.earliest};
  if (change.write != none) {
    const std::uint32_t place = group_.writes[change.write].place;
    shown.places.push_back(place);
    const std::string writer = who(history_, at(place));
    if (figure == WatchFigure::failed_shown) {
      shown.anomaly = "failed write shown";
      shown.sentence += fmt::format(", whose write by {} certainly failed.", writer);
    } else {
      shown.anomaly = "change before its write";
      shown.sentence += fmt::format(" and was over before {} began to write it.", writer);
    }
  } else if (const std::uint32_t place = foreign_write(change.value); place != none) {
    shown.places.push_back(place);
    const bool here = at(place).key == at(change.earliest).key;
    shown.anomaly = here ? "change of another register" : "change of another group";
    shown.sentence += fmt::format(", which {} wrote elsewhere.", who(history_, at(place)));
  } else {
    shown.sentence += change.value.is_nil() ? ", a deletion, and nobody deletes."
                                            : ", which nobody ever tried to write there.";
  }
  keep(std::move(shown));
}

void GroupJudge::convict_date(const ShownChange& change) {
  if (!counted(WatchFigure::misdated)) return;
  const GroupWrite& write = group_.writes[change.write];
  std::vector<std::uint32_t> places = {change.earliest};
  const std::string source = source_of({write.at, change.which, change.write}, places);
  keep({"write at two versions", places,
        fmt::format("The watch by {} showed {}={} at version {}, but {} it at version {}: a "
                    "transaction takes effect once.",
                    who(history_, at(change.earliest)), history_.values.show(change.which),
                    history_.values.show(change.value), change.version, source, write.at),
        change.version, change.earliest});
}

void GroupJudge::convict_clash(const Fact& first, const Fact& second) {
  if (!counted(WatchFigure::clashes)) return;
  std::vector<std::uint32_t> places;
  const std::string one = source_of(first, places), other = source_of(second, places);
  keep({"two writes at one version", places,
        fmt::format("Of one register {} {}, and {} {}.", one, describe(first), other,
                    describe(second)),
        first.version, *std::max_element(places.begin(), places.end())});
}

void GroupJudge::convict_order(const GroupWatch& watch, const ShownChange& newer,
                               const ShownChange& older) {
  if (!counted(WatchFigure::disordered)) return;
  std::vector<std::uint32_t> places = {watch.place};
  for (const ShownChange* change : {&newer, &older})
    if (change->write != none) places.push_back(group_.writes[change->write].place);
  keep({"changes out of order", places,
        fmt::format("The watch by {} showed {}={} at version {} only after {}={} at version {}.",
                    who(history_, at(watch.place)), history_.values.show(older.which),
                    history_.values.show(older.value), older.version,
                    history_.values.show(newer.which), history_.values.show(newer.value),
                    newer.version),
        older.version, watch.place});
}

void GroupJudge::convict_repeated(const GroupWatch& watch, const Fact& change) {
  if (!counted(WatchFigure::repeated)) return;
  std::vector<std::uint32_t> places = {watch.place};
  if (change.write != none) places.push_back(group_.writes[change.write].place);
  keep({"change shown twice", places,
        fmt::format("The watch by {} showed the change of {} at version {} twice.",
                    who(history_, at(watch.place)), history_.values.show(change.which),
                    change.version),
        change.version, watch.place});
}

void GroupJudge::convict_again(const GroupWatch& watch, const ShownChange& change) {
  if (!counted(WatchFigure::again)) return;
  std::vector<std::uint32_t> places = {watch.place};
  if (change.write != none) places.push_back(group_.writes[change.write].place);
  for (const GroupWatch& former : group_.watches)
    if (at(former.place).process == at(watch.place).process && former.bookmark == watch.from &&
        former.place < watch.place)
      places.push_back(former.place);
  places.resize(std::min<std::size_t>(places.size(), 4));
  keep({"change from before the beginning", places,
        fmt::format("The watch by {} went on after version {}, yet it showed {}={} at version {}.",
                    who(history_, at(watch.place)), watch.from, history_.values.show(change.which),
                    history_.values.show(change.value), change.version),
        change.version, watch.place});
}

const GroupJudge::Fact* GroupJudge::first_not_held(Range facts) const {
  auto held = held_.begin();
  for (auto fact = facts.first; fact != facts.second; ++fact) {
    while (held != held_.end() && *held < *fact) ++held;
    if (held == held_.end() || !held->same_place(*fact)) return &*fact;
  }
  return nullptr;
}

void GroupJudge::convict_torn(const GroupWatch& watch, const Fact& has) {
  if (!counted(WatchFigure::torn)) return;
  const Fact* lacks = first_not_held(between(has.version - 1, has.version));
  std::vector<std::uint32_t> places = {watch.place};
  const std::string source = source_of(*lacks, places);
  if (group_.writes[has.write].place != group_.writes[lacks->write].place)
    places.push_back(group_.writes[has.write].place);
  keep({"torn transaction", places,
        fmt::format("The watch by {} showed {} and says that it shows all up to {}, yet it lacks "
                    "the rest of that version: {} {}.",
                    who(history_, at(watch.place)), describe(has), watch.bookmark, source,
                    describe(*lacks)),
        has.version, watch.place});
}

void GroupJudge::convict_lost(const GroupWatch& watch, std::uint64_t changes) {
  if (!counted(WatchFigure::lost, changes)) return;
  // Of a version that it shows in part another case tells.
  const Range all = between(watch.from, watch.bookmark);
  const Fact* lacks = nullptr;
  for (auto fact = all.first; fact != all.second && lacks == nullptr;) {
    const Range version = between(fact->version - 1, fact->version);
    const Fact* missing = first_not_held(version);
    const auto shown =
        std::lower_bound(held_.begin(), held_.end(), *version.first,
                         [](const Fact& a, const Fact& b) { return a.version < b.version; });
    if (shown == held_.end() || shown->version != fact->version) lacks = missing;
    fact = version.second;
  }
  std::vector<std::uint32_t> places = {watch.place};
  const std::string source = source_of(*lacks, places);
  keep({"lost change", places,
        fmt::format("The watch by {} went on after version {} and says that it shows all up to {}, "
                    "yet it lacks what {}: {}.",
                    who(history_, at(watch.place)), watch.from, watch.bookmark, source,
                    describe(*lacks)),
        lacks->version, watch.place});
}

void GroupJudge::convict_bookmark(const GroupWatch& watch, const GroupWatch& former) {
  if (!counted(WatchFigure::backward)) return;
  keep({"bookmark that went back",
        {former.place, watch.place},
        fmt::format("{} was told that it had all up to version {} and went on from there, and then "
                    "that it had all up to {}.",
                    who(history_, at(watch.place)), watch.from, watch.bookmark),
        watch.from,
        watch.place});
}

}  // namespace tribunal
