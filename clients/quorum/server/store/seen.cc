#include "clients/quorum/server/store/seen.h"

#include <algorithm>

namespace tribunal::quorum {
namespace {

// True if every entry of `older` is at most that of `newer`.
bool precedes(const VersionVector& older, const VersionVector& newer) {
  return std::all_of(older.begin(), older.end(), [&](const auto& entry) {
    const auto at = newer.find(entry.first);
    return at != newer.end() && at->second >= entry.second;
  });
}

void merge_into(VersionVector& into, const VersionVector& from) {
  for (const auto& [origin, number] : from) {
    std::uint64_t& mine = into[origin];
    mine = std::max(mine, number);
  }
}

}  // namespace

std::uint64_t Seen::up_to(Origin origin) const {
  const auto at = up_to_.find(origin);
  return at == up_to_.end() ? 0 : at->second;
}

void Seen::add(Dot dot) {
  if (contains(dot)) return;
  beyond_[dot.origin].insert(dot.number);
  close_gap(dot.origin);
}

void Seen::close_gap(Origin origin) {
  const auto at = beyond_.find(origin);
  if (at == beyond_.end()) return;
  std::set<std::uint64_t>& numbers = at->second;
  std::uint64_t last = up_to(origin);
  while (!numbers.empty() && *numbers.begin() <= last + 1) {
    last = std::max(last, *numbers.begin());
    numbers.erase(numbers.begin());
  }
  if (last > 0) up_to_[origin] = last;
  if (numbers.empty()) beyond_.erase(at);
}

void Seen::merge(const Seen& other) {
  merge_into(up_to_, other.up_to_);
  for (const auto& [origin, numbers] : other.beyond_)
    beyond_[origin].insert(numbers.begin(), numbers.end());
  for (const auto& [origin, last] : other.up_to_) close_gap(origin);
  for (const auto& [origin, numbers] : other.beyond_) close_gap(origin);
}

bool Seen::contains(Dot dot) const {
  if (dot.number <= up_to(dot.origin)) return true;
  const auto at = beyond_.find(dot.origin);
  return at != beyond_.end() && at->second.contains(dot.number);
}

bool Seen::covers(const Seen& other) const {
  // Beyond the contiguous part there is always a gap, so up_to_ alone decides for up_to_.
  if (!precedes(other.up_to_, up_to_)) return false;
  for (const auto& [origin, numbers] : other.beyond_) {
    for (const std::uint64_t number : numbers)
      if (!contains({origin, number})) return false;
  }
  return true;
}

nlohmann::json Seen::to_json() const {
  auto all = nlohmann::json::array(), more = nlohmann::json::array();
  for (const auto& [origin, last] : up_to_) all.push_back({origin, last});
  for (const auto& [origin, numbers] : beyond_) {
    for (const std::uint64_t number : numbers) more.push_back({origin, number});
  }
  nlohmann::json json{{"all", std::move(all)}};
  if (!more.empty()) json["more"] = std::move(more);
  return json;
}

Seen Seen::from_json(const nlohmann::json& json) {
  Seen seen;
  for (const auto& entry : json.at("all"))
    seen.up_to_[entry.at(0).get<Origin>()] = entry.at(1).get<std::uint64_t>();
  if (const auto more = json.find("more"); more != json.end()) {
    for (const auto& entry : *more)
      seen.add({entry.at(0).get<Origin>(), entry.at(1).get<std::uint64_t>()});
  }
  return seen;
}

}  // namespace tribunal::quorum
