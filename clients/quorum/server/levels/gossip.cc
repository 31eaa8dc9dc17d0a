// How updates get from node to node: each sends each other what that one lacks by its own last
// word, whoever the update is from.
#include <algorithm>
#include <random>

#include "clients/quorum/server/levels/gossiped.h"

namespace tribunal::quorum {

using nlohmann::json;

std::vector<Update> GossipedLevel::missing_at(std::size_t node) {
  constexpr std::size_t most = 500;
  std::vector<Update> missing;
  const auto now = Clock::now();
  const std::scoped_lock lock(mutex_);
  for (const auto& [origin, updates] : kept_) {
    if (index_of(origin) == node && settings_.level == LevelName::weak) continue;
    for (auto at = updates.upper_bound(theirs_[node].up_to(origin)); at != updates.end(); ++at) {
      if (missing.size() == most) return missing;
      const Kept& kept = at->second;
      if (kept.ship_at <= now && !theirs_[node].contains(kept.update.dot))
        missing.push_back(kept.update);
    }
  }
  return missing;
}

void GossipedLevel::pass_on(std::size_t node, const std::stop_token& stop) {
  constexpr Milliseconds idle{500};  // after which even nothing is sent, to hear what they have
  const bool once = settings_.level == LevelName::weak;
  std::mt19937 random(std::random_device{}());
  std::mutex sleeping;
  std::condition_variable_any wake;
  std::unique_lock lock(sleeping);
  Clock::time_point spoken{};
  while (!stop.stop_requested()) {
    wake.wait_for(lock, stop, settings_.gossip, [] { return false; });
    auto updates = missing_at(node);
    if (updates.empty() && (once || Clock::now() - spoken < idle)) continue;
    // The order is that of chance: what must not be overtaken says so by its needs. A part of the
    // rest comes with the next round.
    std::shuffle(updates.begin(), updates.end(), random);
    if (!once && updates.size() > 1 && settings_.level != LevelName::causal)
      updates.resize(updates.size() - updates.size() / 3);
    json message{{"updates", json::array()}};
    for (const Update& update : updates) message["updates"].push_back(quorum::to_json(update));
    if (once) {
      const std::scoped_lock guard(mutex_);
      for (const Update& update : updates) theirs_[node].add(update.dot);
    }
    const PeerAnswer answer = peers_.ask(node, "/peer/updates", message.dump());
    spoken = Clock::now();
    if (!answer.ok() || once) continue;
    try {
      Seen seen = Seen::from_json(answer.body.at("seen"));
      const std::scoped_lock guard(mutex_);
      theirs_[node] = std::move(seen);
    } catch (const json::exception&) {  // no answer of ours
    }
  }
}

}  // namespace tribunal::quorum
