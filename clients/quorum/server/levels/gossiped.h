// Causal, session, eventual and weak: every node takes reads and writes by itself and passes
// updates on. What a level promises lies in what an update needs before it is applied elsewhere,
// and in what a node must have applied before it serves a session:
//
//   read your writes      a read waits for the session's writes
//   monotonic reads       a read waits for what the session has seen
//   monotonic writes      a write waits for, and needs everywhere, the session's writes
//   writes follow reads   a write waits for, and needs everywhere, what the session has seen
//
// All four together are causal consistency. Eventual has none; weak sends each update once, and
// never again. Who is newest is said by a logical clock that is ahead of all that was applied.
#pragma once

#include "clients/quorum/server/levels/level.h"
#include "clients/quorum/server/log/log.h"
#include "clients/quorum/server/replication/chance.h"
#include "clients/quorum/server/store/stamp_clock.h"

namespace tribunal::quorum {

class GossipedLevel final : public Level {
 public:
  GossipedLevel(const Settings& settings, std::uint64_t life, Peers& peers);
  ~GossipedLevel() override;

  Reading read(const Request& request) override;
  Written write(const Request& request) override;
  nlohmann::json receive(const std::string& name, const nlohmann::json& message) override;
  bool ready(Clock::time_point deadline) override;
  nlohmann::json applied() override;
  Store::Previous previous(const ObjectId& id) override;

 private:
  // What a session has seen: by its reads, and of its own writes; and the logical time of it, so
  // that what a session writes is newer than what it knows of, wherever it goes.
  struct Token {
    Seen reads, writes;
    std::uint64_t clock = 0;
  };
  struct Kept {
    Update update;
    Clock::time_point ship_at{};  // not sent to others before
  };

  static Token token_from(const nlohmann::json& json);
  static nlohmann::json to_json(const Token& token);
  void await(std::unique_lock<std::mutex>& lock, const Seen& needed, const Request& request);
  Seen needed_by_write(const Token& token) const;
  Clock::time_point ship_time() const;
  void keep(const Update& update, Clock::time_point ship_at);
  void log(const Update& update);
  void deliver(const Update& update);
  void deliver_pending();

  nlohmann::json take_updates(const nlohmann::json& message);
  void pass_on(std::size_t node, const std::stop_token& stop);
  std::vector<Update> missing_at(std::size_t node);

  const Settings settings_;
  const Origin self_;
  Peers& peers_;
  Chance chance_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Store store_;                                           // guarded by mutex_
  StampClock clock_;                                      // guarded by mutex_
  Seen applied_;                                          // guarded by mutex_
  std::uint64_t last_ = 0;                                // own number; guarded by mutex_
  std::map<Origin, std::map<std::uint64_t, Kept>> kept_;  // all applied; guarded by mutex_
  std::map<Dot, Update> pending_;                         // not applied yet; guarded by mutex_
  std::vector<Seen> theirs_;                              // by node; guarded by mutex_
  Log log_;                                               // appended to under mutex_
  std::vector<std::jthread> gossip_;                      // one for each other node
};

}  // namespace tribunal::quorum
