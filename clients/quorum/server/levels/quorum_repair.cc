// How replicas that missed something get it: hints handed over when they are back, and
// anti-entropy, which compares digests with one node after the other.
#include "clients/quorum/server/levels/quorum.h"

namespace tribunal::quorum {

using nlohmann::json;

void QuorumLevel::note_hint(std::size_t node, const ObjectId& id, const Object& state) {
  if (settings_.hand_off == Switch::off || settings_.has(Bug::never_repaired)) return;
  const std::scoped_lock lock(mutex_);
  join(hints_[node][id], state, settings_.conflicts);
}

void QuorumLevel::maintain(const std::stop_token& stop) {
  if (settings_.gossip.count() == 0 || settings_.has(Bug::never_repaired)) return;
  constexpr std::uint64_t rounds_per_exchange = 10;
  std::mutex sleeping;
  std::unique_lock lock(sleeping);
  for (std::uint64_t round = 1; !stop.stop_requested(); ++round) {
    wake_.wait_for(lock, stop, settings_.gossip, [] { return false; });
    hand_hints_over();
    const std::size_t node = (round / rounds_per_exchange) % settings_.nodes.size();
    if (round % rounds_per_exchange == 0 && node != settings_.index) exchange_with(node);
  }
}

void QuorumLevel::hand_hints_over() {
  for (std::size_t node = 0; node < settings_.nodes.size(); ++node) {
    std::vector<std::pair<ObjectId, Object>> states;
    {
      const std::scoped_lock lock(mutex_);
      states.assign(hints_[node].begin(), hints_[node].end());
      hints_[node].clear();
    }
    if (!states.empty()) send_states(node, states);
  }
}

void QuorumLevel::send_states(std::size_t node,
                              const std::vector<std::pair<ObjectId, Object>>& states) {
  json message{{"states", json::array()}};
  for (const auto& [id, state] : states)
    message["states"].push_back(json::array({to_json(id), to_json(state)}));
  if (peers_.ask(node, "/peer/merge", message.dump()).ok()) return;
  for (const auto& [id, state] : states) note_hint(node, id, state);
}

void QuorumLevel::exchange_with(std::size_t node) {
  json message{{"from", settings_.index}, {"digests", json::array()}};
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [id, object] : store_.objects())
      if (is_replica(node, id)) message["digests"].push_back({to_json(id), digest_of(object)});
  }
  const PeerAnswer answer = peers_.ask(node, "/peer/compare", message.dump());
  if (!answer.ok()) return;
  try {
    std::vector<std::pair<ObjectId, Object>> theirs, mine;
    for (const auto& entry : answer.body.at("states"))
      theirs.emplace_back(object_id_from(entry.at(0)), object_from(entry.at(1)));
    if (theirs.empty()) return;
    take(theirs);
    for (const auto& [id, state] : theirs) {
      if (is_replica(node, id)) mine.emplace_back(id, local(id));
    }
    send_states(node, mine);
  } catch (const std::exception&) {  // no answer of ours
  }
}

// What this node holds otherwise than the asker, or alone.
json QuorumLevel::compare(const json& message) {
  const auto from = message.at("from").get<std::size_t>();
  std::map<ObjectId, std::uint64_t> asked;
  for (const auto& entry : message.at("digests"))
    asked[object_id_from(entry.at(0))] = entry.at(1).get<std::uint64_t>();
  json states = json::array();
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, digest] : asked) {
    const Object& object = store_.read(id);
    if (digest_of(object) != digest) states.push_back(json::array({to_json(id), to_json(object)}));
  }
  for (const auto& [id, object] : store_.objects()) {
    if (is_replica(from, id) && !asked.contains(id))
      states.push_back(json::array({to_json(id), to_json(object)}));
  }
  return {{"states", std::move(states)}};
}

}  // namespace tribunal::quorum
