#include "checkers/versions/ranking.h"

#include <algorithm>
#include <vector>

#include "checkers/none.h"

namespace tribunal {
namespace {

// The number of each version that has one; by key, whether no version has two.
std::vector<bool> number_versions(const History& history, const Versions& versions,
                                  std::vector<std::int64_t>& number) {
  std::vector<bool> fits(versions.keys.size(), true);
  for (const SessionStep& step : versions.steps) {
    const std::uint32_t version = step.wrote != none ? step.wrote : step.read;
    const std::int64_t given = history.versions[step.operation];
    if (version == none || versions.initial(version) || given < 0) continue;
    if (number[version] >= 0 && number[version] != given) fits[step.key] = false;
    number[version] = given;
  }
  for (std::uint32_t version = 0; version < number.size(); ++version) {
    if (versions.writers[version] != none && number[version] < 0)
      fits[versions.key_of[version]] = false;
  }
  return fits;
}

}  // namespace

void rank_key(Versions& versions, std::uint32_t key, std::span<const std::uint32_t> order) {
  if (versions.ranks.empty()) versions.ranks.assign(versions.writes.size(), none);
  versions.ranked[key] = true;
  versions.ranks[key] = 0;
  for (std::uint32_t i = 0; i < order.size(); ++i) versions.ranks[order[i]] = i + 1;
}

bool rank_numbers(const History& history, Watch& watch, Versions& versions) {
  if (history.versions.empty()) return true;
  std::vector<std::int64_t> number(versions.writes.size(), -1);
  const std::vector<bool> fits = number_versions(history, versions, number);
  if (watch.look()) return false;
  std::vector<std::vector<std::uint32_t>> orders(versions.keys.size());
  for (std::uint32_t version = 0; version < number.size(); ++version) {
    if (versions.writers[version] != none && number[version] >= 0)
      orders[versions.key_of[version]].push_back(version);
  }
  for (std::uint32_t key = 0; key < versions.keys.size(); ++key) {
    if (watch.look()) return false;
    if (!fits[key] || versions.listed[key] || orders[key].empty()) continue;
    auto& order = orders[key];
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(number[a], a) < std::pair(number[b], b);
    });
    const auto same = [&](std::uint32_t a, std::uint32_t b) { return number[a] == number[b]; };
    if (std::adjacent_find(order.begin(), order.end(), same) == order.end())
      rank_key(versions, key, order);
  }
  return true;
}

}  // namespace tribunal
