// Sequential consistency: the first node puts all writes into one order, a log that the others
// follow. Reads are local; a session waits until its node has applied all that it has seen or
// written.
#pragma once

#include "clients/quorum/server/levels/level.h"
#include "clients/quorum/server/log/log.h"
#include "clients/quorum/server/replication/chance.h"

namespace tribunal::quorum {

class SequentialLevel final : public Level {
 public:
  SequentialLevel(const Settings& settings, std::uint64_t life, Peers& peers);
  ~SequentialLevel() override;

  Reading read(const Request& request) override;
  Written write(const Request& request) override;
  nlohmann::json receive(const std::string& name, const nlohmann::json& message) override;
  bool ready(Clock::time_point deadline) override;
  nlohmann::json applied() override;
  std::string role() const override { return sequences() ? "sequencer" : "replica"; }
  Store::Previous previous(const ObjectId& id) override;

 private:
  static constexpr std::size_t sequencer = 0;
  bool sequences() const { return settings_.index == sequencer; }

  std::uint64_t append(const Request& request);   // at the sequencer
  std::uint64_t forward(const Request& request);  // from elsewhere
  nlohmann::json entries_after(const nlohmann::json& message);
  void follow(const std::stop_token& stop);
  void take_entries(const nlohmann::json& answer);
  void apply(const Update& update);
  void await(std::unique_lock<std::mutex>& lock, std::uint64_t place, Clock::time_point deadline);

  const Settings settings_;
  const Origin self_;
  Peers& peers_;
  Chance chance_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  Store store_;                  // guarded by mutex_
  std::vector<Update> entries_;  // entry i has place i + 1; guarded by mutex_
  Log log_;                      // appended to under mutex_
  std::jthread follower_;
};

}  // namespace tribunal::quorum
