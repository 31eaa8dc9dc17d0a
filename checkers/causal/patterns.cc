#include "checkers/causal/patterns.h"

#include <algorithm>

namespace tribunal {
namespace {

constexpr std::size_t worth_looking_at = 64;  // versions, before looking by session

}  // namespace

CausalPatterns::CausalPatterns(const History& history, const Versions& versions, Claim claim)
    : history_(history),
      versions_(versions),
      claim_(claim),
      writes_(versions),
      lineup_(versions, writes_),
      suspects_(versions, writes_, lineup_),
      order_(versions),
      lists_(history, versions) {
  held_.assign(versions.writes.size(), 0);
  met_.resize(versions.sessions());
  met_stamp_.assign(versions.sessions(), 0);
  if (claim == Claim::convergent) find_private();
}

void CausalPatterns::find_private() {
  settled_.assign(versions_.writes.size(), none);
  public_until_.assign(versions_.sessions(), 0);
  for (std::uint32_t step = 0; step < versions_.steps.size(); ++step) {
    for (const std::uint32_t version : versions_.reads_from(step)) {
      const SessionStep& writer = versions_.steps[versions_.writers[version]];
      if (writer.session == versions_.steps[step].session) continue;
      std::uint32_t& until = public_until_[writer.session];
      until = std::max(until, writer.place + 1);
    }
  }
}

bool CausalPatterns::find(Watch& watch) {
  if (!order_.sweep(
          watch, [this](std::uint32_t step, const CausalOrder::View& view) { look(step, view); }))
    return false;
  if (!order_.cyclic() && !check_lists(watch)) return false;
  pack();
  return !watch.look();
}

void CausalPatterns::look(std::uint32_t step, const CausalOrder::View& view) {
  const SessionStep& at = versions_.steps[step];
  const bool conflicts = claim_ == Claim::convergent && !versions_.listed[at.key];
  const std::size_t before = suspects_.reads.size();
  suspects_.look(step, view);
  if (at.read != none) {
    ++reads;
    std::uint32_t version = none;
    if (suspects_.reads.size() != before) version = missed(at, view);
    if (version != none) {
      ++bad_reads;
      miss(step, version, none);
    } else if (conflicts && !versions_.initial(at.read)) {
      add_conflicts(step, view);
    }
  }
  if (conflicts && at.wrote != none) settle(at.wrote, view);
}

// A version in the past of a suspect read and after what it read; none: there is none after all.
std::uint32_t CausalPatterns::missed(const SessionStep& step, const CausalOrder::View& view) {
  if (versions_.listed[step.key]) {
    ++holding_;
    for (const std::uint32_t version : lists_.of(step)) held_[version] = holding_;
    for (const std::uint32_t version : writes_.of_key(step.key)) {
      if (held_[version] != holding_ && view.covers(version)) return version;
    }
    return none;
  }
  std::uint32_t found = none;
  for (std::uint32_t group = writes_.first_group(step.key); group < writes_.end_group(step.key);
       ++group) {
    const auto versions = writes_.group(group);
    std::size_t count = writes_.among(group, view.steps_of(writes_.session_of(group)));
    if (count != 0 && versions[count - 1] == step.wrote) --count;
    if (count == 0 || !order_.met(versions[count - 1])) continue;
    if (!order_.before(step.read, versions[count - 1])) continue;
    if (found == none || writes_.session_of(group) == view.session) found = versions[count - 1];
  }
  return found;
}

// How far the line of a version's key is in its causal past: as far as that of the last version
// that it knows, and then on.
void CausalPatterns::settle(std::uint32_t version, const CausalOrder::View& view) {
  const auto line = lineup_.line(versions_.key_of[version]);
  std::size_t known = line.size() - 1;  // the version itself
  std::uint32_t settled = 0;
  for (std::size_t looked = 0;; ++looked) {
    if (known == 0) break;
    if (looked == worth_looking_at) return;
    if (!view.covers(line[--known])) continue;
    settled = settled_[line[known]];
    break;
  }
  if (settled == none) return;
  const auto is_private = [this](std::uint32_t other) {
    const SessionStep& writer = versions_.steps[versions_.writers[other]];
    return writer.place >= public_until_[writer.session];
  };
  while (settled < line.size() && (view.covers(line[settled]) || is_private(line[settled])))
    ++settled;
  settled_[version] = settled;
}

// What the read knew and did not return comes before what it returned.
void CausalPatterns::add_conflicts(std::uint32_t step, const CausalOrder::View& view) {
  const SessionStep& at = versions_.steps[step];
  const auto line = lineup_.line(at.key);
  const std::uint32_t settled = settled_[at.read];
  if (settled == none || line.size() - settled > worth_looking_at) {
    add_conflicts_by_group(step, view);
    return;
  }
  for (const std::uint32_t version : line.subspan(settled)) {
    if (version != at.read && version != at.wrote && view.covers(version) &&
        !order_.before(version, at.read))
      add_order(version, at.read, step);
  }
  if (at.place > public_until_[at.session]) add_own_conflict(step, view);
}

// A session knows of its private versions, which nobody else does.
void CausalPatterns::add_own_conflict(std::uint32_t step, const CausalOrder::View& view) {
  const SessionStep& at = versions_.steps[step];
  const std::uint32_t group = writes_.find(at.key, at.session);
  if (group == none) return;
  const std::size_t count = writes_.among(group, view.place);
  if (count == 0) return;
  const std::uint32_t version = writes_.group(group)[count - 1];
  if (version != at.read && !order_.before(version, at.read)) add_order(version, at.read, step);
}

void CausalPatterns::add_conflicts_by_group(std::uint32_t step, const CausalOrder::View& view) {
  const SessionStep& at = versions_.steps[step];
  const CausalOrder::View known = order_.view_of(at.read);
  for (std::uint32_t group = writes_.first_group(at.key); group < writes_.end_group(at.key);
       ++group) {
    const std::uint32_t session = writes_.session_of(group);
    const std::uint32_t steps = view.steps_of(session);
    if (steps <= known.steps_of(session)) continue;
    const auto versions = writes_.group(group);
    std::size_t count = writes_.among(group, steps);
    if (count != 0 && versions[count - 1] == at.wrote) --count;
    if (count == 0) continue;
    const std::uint32_t version = versions[count - 1];
    if (version != at.read && !order_.before(version, at.read)) add_order(version, at.read, step);
  }
}

void CausalPatterns::add_order(std::uint32_t from, std::uint32_t to, std::uint32_t read) {
  orders.push_back({from, to, read});
  if (orders.size() > 2 * packed_ + (1 << 16)) pack();
}

void CausalPatterns::pack() {
  const auto same = [](const Ordered& a, const Ordered& b) {
    return a.from == b.from && a.to == b.to;
  };
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end(), same), orders.end());
  packed_ = orders.size();
}

// Of keys whose lists agree, the longest list; of others, each.
bool CausalPatterns::check_lists(Watch& watch) {
  std::vector<std::uint32_t> longest(versions_.keys.size(), none);
  for (std::uint32_t step = 0; step < versions_.steps.size(); ++step) {
    const SessionStep& at = versions_.steps[step];
    if (at.read == none || !versions_.listed[at.key] || versions_.initial(at.read)) continue;
    if (watch.spent()) return false;
    if (!versions_.ranked[at.key]) {
      check_list(step, lists_.of(at));
      continue;
    }
    std::uint32_t& so_far = longest[at.key];
    if (so_far == none ||
        lineup_.position(versions_.steps[so_far].read) < lineup_.position(at.read))
      so_far = step;
  }
  for (const std::uint32_t step : longest) {
    if (step != none) check_list(step, lists_.of(versions_.steps[step]));
    if (watch.look()) return false;
  }
  return true;
}

void CausalPatterns::check_list(std::uint32_t step, const std::vector<std::uint32_t>& list) {
  const std::uint32_t key = versions_.steps[step].key;
  ++holding_;
  std::uint32_t last = none;
  for (const std::uint32_t version : list) {
    if (claim_ == Claim::convergent && last != none) add_order(last, version, step);
    last = version;
    const CausalOrder::View known = order_.view_of(version);
    for (std::uint32_t group = writes_.first_group(key); group < writes_.end_group(key); ++group) {
      const std::uint32_t session = writes_.session_of(group);
      if (met_stamp_[session] != holding_) met_[session] = 0;
      met_stamp_[session] = holding_;
      const auto versions = writes_.group(group);
      std::uint32_t& met = met_[session];
      while (met < versions.size() && held_[versions[met]] == holding_) ++met;
      if (met == versions.size() || versions[met] == version || !known.covers(versions[met]))
        continue;
      ++misordered;
      miss(step, versions[met], version);
      return;
    }
    held_[version] = holding_;
  }
}

void CausalPatterns::miss(std::uint32_t step, std::uint32_t version, std::uint32_t other) {
  if (misses.size() < most_misses) misses.push_back({step, version, other});
}

std::vector<std::uint32_t> caught_in_cycles(const Versions& versions,
                                            const std::vector<Ordered>& orders) {
  constexpr std::uint32_t none = Versions::none;
  const std::size_t count = versions.steps.size();
  std::vector<std::uint32_t> awaited(count, 0), starts(versions.writes.size() + 1, 0), ready;
  for (std::uint32_t step = 0; step < count; ++step) {
    awaited[step] = static_cast<std::uint32_t>(versions.reads_from(step).size()) +
                    (versions.steps[step].place != 0);
    for (const std::uint32_t version : versions.reads_from(step)) ++starts[version + 1];
  }
  for (std::size_t i = 1; i < starts.size(); ++i) starts[i] += starts[i - 1];
  std::vector<std::uint32_t> readers(versions.seen.size()), next(starts.begin(), starts.end() - 1);
  for (std::uint32_t step = 0; step < count; ++step) {
    for (const std::uint32_t version : versions.reads_from(step)) readers[next[version]++] = step;
  }
  for (const Ordered& order : orders) ++awaited[versions.writers[order.to]];
  for (std::uint32_t step = 0; step < count; ++step) {
    if (awaited[step] == 0) ready.push_back(step);
  }
  const auto release = [&](std::uint32_t step) {
    if (--awaited[step] == 0) ready.push_back(step);
  };
  while (!ready.empty()) {
    const std::uint32_t step = ready.back();
    ready.pop_back();
    const SessionStep& at = versions.steps[step];
    if (step + 1 < count && versions.steps[step + 1].session == at.session) release(step + 1);
    if (at.wrote == none) continue;
    for (std::uint32_t i = starts[at.wrote]; i < starts[at.wrote + 1]; ++i) release(readers[i]);
    for (auto order = std::lower_bound(orders.begin(), orders.end(), Ordered{at.wrote, 0, 0});
         order != orders.end() && order->from == at.wrote; ++order)
      release(versions.writers[order->to]);
  }
  std::vector<std::uint32_t> caught;
  for (std::uint32_t step = 0; step < count; ++step) {
    if (awaited[step] != 0) caught.push_back(step);
  }
  return caught;
}

}  // namespace tribunal
