#include "checkers/versions/key_writes.h"

#include <algorithm>
#include <numeric>

namespace tribunal {

KeyWrites::KeyWrites(const Versions& versions) {
  const std::size_t keys = versions.keys.size();
  std::vector<std::uint32_t> next(keys + 1, 0), last(keys, none);
  key_groups_.assign(keys + 1, 0);
  for (const SessionStep& step : versions.steps) {
    if (step.wrote == none) continue;
    ++next[step.key + 1];
    if (last[step.key] != step.session) ++key_groups_[step.key + 1];
    last[step.key] = step.session;
  }
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::partial_sum(key_groups_.begin(), key_groups_.end(), key_groups_.begin());
  versions_.resize(next.back());
  places_.resize(next.back());
  starts_.assign(key_groups_.back() + 1, next.back());
  sessions_.resize(key_groups_.back());
  std::fill(last.begin(), last.end(), none);
  std::vector<std::uint32_t> group(key_groups_.begin(), key_groups_.end() - 1);
  for (const SessionStep& step : versions.steps) {
    if (step.wrote == none) continue;
    if (last[step.key] != step.session) {
      starts_[group[step.key]] = next[step.key];
      sessions_[group[step.key]++] = step.session;
      last[step.key] = step.session;
    }
    places_[next[step.key]] = step.place;
    versions_[next[step.key]++] = step.wrote;
  }
}

std::size_t KeyWrites::among(std::uint32_t group, std::uint32_t steps) const {
  const auto from = places_.begin() + starts_[group], to = places_.begin() + starts_[group + 1];
  return static_cast<std::size_t>(std::lower_bound(from, to, steps) - from);
}

std::uint32_t KeyWrites::find(std::uint32_t key, std::uint32_t session) const {
  const auto from = sessions_.begin() + key_groups_[key];
  const auto to = sessions_.begin() + key_groups_[key + 1];
  const auto found = std::lower_bound(from, to, session);
  return found == to || *found != session ? none
                                          : static_cast<std::uint32_t>(found - sessions_.begin());
}

Lineup::Lineup(const Versions& versions, const KeyWrites& writes) : versions_(versions) {
  const std::size_t keys = versions.keys.size();
  starts_.assign(keys + 1, 0);
  for (std::uint32_t key = 0; key < keys; ++key)
    starts_[key + 1] = starts_[key] + static_cast<std::uint32_t>(writes.of_key(key).size());
  lengths_.assign(keys, 0);
  line_.resize(starts_.back());
  positions_.assign(versions.writes.size(), 0);
  std::vector<std::uint32_t> sorted;
  for (std::uint32_t key = 0; key < keys; ++key) {
    if (!versions.ranked[key]) continue;
    const auto all = writes.of_key(key);
    sorted.assign(all.begin(), all.end());
    std::stable_sort(sorted.begin(), sorted.end(), [&](std::uint32_t a, std::uint32_t b) {
      return versions.ranks[a] < versions.ranks[b];
    });
    for (const std::uint32_t version : sorted) add(version);
  }
}

}  // namespace tribunal
