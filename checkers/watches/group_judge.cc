#include "checkers/watches/group_judge.h"

#include <algorithm>

namespace tribunal {

// A change is credible if a transaction wrote its value to its register, did not certainly fail,
// had begun by the time it was shown, and took effect at this version and no other.
void GroupJudge::attribute(ShownChange& change) {
  if (change.write == none) return convict_source(WatchFigure::nowhere, change);
  GroupWrite& write = group_.writes[change.write];
  const Operation& call = at(write.place);
  if (call.outcome == Outcome::failed) return convict_source(WatchFigure::failed_shown, change);
  if (at(change.earliest).ended < call.began) return convict_source(WatchFigure::nowhere, change);
  if (write.at == no_version) {
    write.at = change.version;
    finding_.counts[static_cast<std::size_t>(WatchFigure::recovered)] += !call.ok();
  }
  if (write.at != change.version) return convict_date(change);
  change.credible = true;
}

// What was shown or acknowledged of a transaction makes all of it a fact at that version.
void GroupJudge::lay_out() {
  for (std::uint32_t number = 0; number < group_.writes.size(); ++number) {
    const GroupWrite& write = group_.writes[number];
    if (write.at == no_version || at(write.place).outcome == Outcome::failed) continue;
    for (const GroupStep& step : group_.steps_of(write))
      facts_.push_back({write.at, step.which, number});
  }
  std::sort(facts_.begin(), facts_.end());
  const auto last = std::unique(facts_.begin(), facts_.end(), [this](const Fact& a, const Fact& b) {
    if (!a.same_place(b)) return false;
    if (a.write != b.write) convict_clash(a, b);
    return true;
  });
  facts_.erase(last, facts_.end());
}

GroupJudge::Range GroupJudge::between(std::int64_t from, std::int64_t to) const {
  const auto later = [](std::int64_t version, const Fact& fact) { return version < fact.version; };
  const auto first = std::upper_bound(facts_.begin(), facts_.end(), from, later);
  return {first, std::upper_bound(first, facts_.end(), std::max(from, to), later)};
}

// Once a watch: what follows out of order, comes twice, or lies before its beginning.
void GroupJudge::judge_order(const GroupWatch& watch) {
  const ShownChange* newest = nullptr;
  const ShownChange* older = nullptr;
  const ShownChange* before = nullptr;
  held_.clear();
  for (const std::uint32_t number : group_.shown_by(watch)) {
    const ShownChange& change = group_.changes[number];
    if (newest != nullptr && change.version < newest->version && older == nullptr) older = &change;
    if (older == nullptr) newest = &change;
    if (change.version <= watch.from && before == nullptr) before = &change;
    held_.push_back({change.version, change.which, change.credible ? change.write : none});
  }
  if (older != nullptr) convict_order(watch, *newest, *older);
  if (before != nullptr) convict_again(watch, *before);
  std::sort(held_.begin(), held_.end());
  const auto same = [](const Fact& a, const Fact& b) { return a.same_place(b); };
  const auto twice = std::adjacent_find(held_.begin(), held_.end(), same);
  if (twice != held_.end()) convict_repeated(watch, *twice);
}

// What it showed of the facts between its beginning and its bookmark is counted, so that a watch
// that lacks many costs no more than one that has them all.
void GroupJudge::judge_completeness(const GroupWatch& watch) {
  if (watch.bookmark == no_version) return;
  const auto beside = [&](const Fact& fact) {
    return fact.write == none || fact.version <= watch.from || fact.version > watch.bookmark;
  };
  held_.erase(std::remove_if(held_.begin(), held_.end(), beside), held_.end());
  const auto same = [](const Fact& a, const Fact& b) { return a.same_place(b); };
  held_.erase(std::unique(held_.begin(), held_.end(), same), held_.end());
  const auto size = [](const Range& range) {
    return static_cast<std::size_t>(range.second - range.first);
  };
  std::size_t missing = size(between(watch.from, watch.bookmark)) - held_.size();
  if (missing == 0) return;
  for (auto group = held_.begin(); group != held_.end();) {
    const auto end = std::find_if(group, held_.end(),
                                  [&](const Fact& fact) { return fact.version != group->version; });
    const std::size_t whole = size(between(group->version - 1, group->version));
    const auto shown = static_cast<std::size_t>(end - group);
    if (shown < whole) convict_torn(watch, *group);
    missing -= whole - shown;
    group = end;
  }
  if (missing != 0) convict_lost(watch, missing);
}

void GroupJudge::judge_watch(const GroupWatch& watch) {
  const auto count = [this](WatchFigure figure) -> std::uint64_t& {
    return finding_.counts[static_cast<std::size_t>(figure)];
  };
  ++count(WatchFigure::watches);
  count(WatchFigure::bookmarked) += watch.bookmark != no_version;
  count(WatchFigure::shown) += watch.last - watch.first;
  judge_order(watch);
  judge_completeness(watch);
}

// A process goes on from where it was told that it had everything, so that it can never be told
// less. Also counts those that went on so.
void GroupJudge::judge_bookmarks() {
  FlatIndex processes;
  processes.reset(64);
  std::vector<const GroupWatch*> farthest;
  for (const GroupWatch& watch : group_.watches) {
    if (watch.bookmark == no_version) continue;
    const std::uint32_t process = processes.number(Value::integer(at(watch.place).process));
    farthest.resize(processes.size());
    const GroupWatch*& former = farthest[process];
    if (former != nullptr && watch.from <= former->bookmark) {
      finding_.counts[static_cast<std::size_t>(WatchFigure::resumed)] += watch.from > 0;
      if (watch.bookmark < watch.from) convict_bookmark(watch, *former);
    }
    if (former == nullptr || watch.bookmark > former->bookmark) former = &watch;
  }
}

bool GroupJudge::judge(Watch& watch) {
  for (const GroupWrite& write : group_.writes)
    finding_.counts[static_cast<std::size_t>(WatchFigure::writes)] += at(write.place).ok();
  for (ShownChange& change : group_.changes) {
    if (watch.spent()) return false;
    attribute(change);
  }
  lay_out();
  for (const GroupWatch& one : group_.watches) {
    if (watch.spent()) return false;
    judge_watch(one);
  }
  judge_bookmarks();
  return !watch.look();
}

}  // namespace tribunal
