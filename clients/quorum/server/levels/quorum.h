// Linearizable registers, sets and counters by quorums of replicas (Attiya, Bar-Noy and Dolev 1995;
// Lynch and Shvartsman 1997 for several writers). A read writes back what it found; a read of a set
// or a counter goes on until a quorum holds exactly the same state, as in lattice agreement, so
// that no two reads are incomparable. Lists and compare-and-set need an order that this cannot
// give, and are refused.
//
// With R + W <= N, or without write-back, it is as wrong as that makes it.
#pragma once

#include "clients/quorum/server/levels/level.h"
#include "clients/quorum/server/log/log.h"
#include "clients/quorum/server/replication/gather.h"
#include "clients/quorum/server/replication/later.h"
#include "clients/quorum/server/store/stamp_clock.h"

namespace tribunal::quorum {

class QuorumLevel final : public Level {
 public:
  QuorumLevel(const Settings& settings, std::uint64_t life, Peers& peers);
  ~QuorumLevel() override;

  Reading read(const Request& request) override;
  Written write(const Request& request) override;
  nlohmann::json receive(const std::string& name, const nlohmann::json& message) override;
  bool ready(Clock::time_point deadline) override;
  nlohmann::json applied() override;
  Store::Previous previous(const ObjectId& id) override;

 private:
  std::vector<std::size_t> replicas_of(const ObjectId& id) const;
  bool is_replica(std::size_t node, const ObjectId& id) const;

  Gathered ask(const std::string& name, const nlohmann::json& message, const Request& request,
               std::size_t enough);
  Object collect(const Request& request, std::vector<Object>& found);
  void settle(const Request& request, Object& state, std::vector<Object> found);
  Stamp next_stamp(const Request& request);
  Object change(const Request& request, Stamp& stamp);
  Written spread(const Request& request, const Object& delta, Stamp stamp);
  Written written(Stamp stamp) const;
  std::optional<std::uint64_t> version_of(Stamp stamp) const;

  // Joins, logs, and returns once it is durable.
  void take(const std::vector<std::pair<ObjectId, Object>>& states);
  Object local(const ObjectId& id);
  nlohmann::json get(const ObjectId& id);
  nlohmann::json merge(const nlohmann::json& message);
  nlohmann::json compare(const nlohmann::json& message);

  void note_hint(std::size_t node, const ObjectId& id, const Object& state);
  void maintain(const std::stop_token& stop);
  void hand_hints_over();
  void exchange_with(std::size_t node);
  void send_states(std::size_t node, const std::vector<std::pair<ObjectId, Object>>& states);

  const Settings settings_;
  const Origin self_;
  Peers& peers_;
  std::mutex mutex_;
  Store store_;                                    // guarded by mutex_
  StampClock clock_;                               // guarded by mutex_
  std::vector<std::map<ObjectId, Object>> hints_;  // by node; guarded by mutex_
  std::condition_variable_any wake_;
  Log log_;  // appended to under mutex_
  Later later_;
  std::jthread maintenance_;
};

}  // namespace tribunal::quorum
