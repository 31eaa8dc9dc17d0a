#include "checkers/sessions/suspects.h"

#include "checkers/none.h"

namespace tribunal {
namespace {

constexpr std::size_t worth_looking_at = 64;  // versions, before looking by session

}  // namespace

Suspects::Suspects(const Versions& versions, const KeyWrites& writes, Lineup& lineup)
    : versions_(versions), writes_(writes), lineup_(lineup) {
  key_starts_.assign(versions.keys.size() + 1, 0);
  for (std::uint32_t key = 0; key < versions.keys.size(); ++key)
    key_starts_[key + 1] =
        key_starts_[key] +
        (versions.ranked[key] ? static_cast<std::uint32_t>(writes.of_key(key).size()) : 0);
  highest_.reserve(key_starts_.back());
  for (std::uint32_t key = 0; key < versions.keys.size(); ++key) {
    if (!versions.ranked[key]) continue;
    for (std::uint32_t group = writes.first_group(key); group < writes.end_group(key); ++group) {
      std::uint32_t best = none;
      for (const std::uint32_t version : writes.group(group)) {
        if (best == none || lineup.position(version) > lineup.position(best)) best = version;
        highest_.push_back(best);
      }
    }
  }
}

bool Suspects::newer(std::uint32_t version, const SessionStep& step,
                     const CausalOrder::View& view) const {
  if (version == step.wrote || version == step.read) return false;
  if (versions_.ranked[step.key]) return lineup_.position(version) > lineup_.position(step.read);
  return view.order.met(version) && view.order.before(step.read, version);
}

bool Suspects::misses_in_groups(const SessionStep& step, const CausalOrder::View& view) const {
  const bool ranked = versions_.ranked[step.key];
  std::size_t at = key_starts_[step.key];
  for (std::uint32_t group = writes_.first_group(step.key); group < writes_.end_group(step.key);
       ++group) {
    const auto versions = writes_.group(group);
    std::size_t count = writes_.among(group, view.steps_of(writes_.session_of(group)));
    if (count != 0 && versions[count - 1] == step.wrote) --count;
    if (count != 0 && newer(ranked ? highest_[at + count - 1] : versions[count - 1], step, view))
      return true;
    at += versions.size();
  }
  return false;
}

bool Suspects::misses(const SessionStep& step, const CausalOrder::View& view) const {
  if (versions_.listed[step.key] && !versions_.ranked[step.key]) return true;
  // What a session had not in its past before cannot be older than anything that it had.
  if (!versions_.ranked[step.key] && view.learned) return false;
  std::size_t looked = 0;
  for (const std::uint32_t version : lineup_.after(step.read)) {
    if (looked++ == worth_looking_at) return misses_in_groups(step, view);
    if (view.covers(version) && newer(version, step, view)) return true;
  }
  return false;
}

void Suspects::look(std::uint32_t step, const CausalOrder::View& view) {
  const SessionStep& at = versions_.steps[step];
  if (at.read != none && misses(at, view)) reads.push_back(step);
  if (at.wrote != none && !versions_.ranked[at.key]) lineup_.add(at.wrote);
}

void Suspects::suspect_all_ranked() {
  reads.clear();
  for (std::uint32_t step = 0; step < versions_.steps.size(); ++step) {
    const SessionStep& at = versions_.steps[step];
    if (at.read != none && (versions_.ranked[at.key] || versions_.listed[at.key]))
      reads.push_back(step);
  }
}

}  // namespace tribunal
