// A level that is told to lie at its door, whatever stands behind it. The lies that are told deeper
// (in the log, the clock, the gossip) are where those are.
#pragma once

#include <list>

#include "clients/quorum/server/levels/level.h"
#include "clients/quorum/server/replication/chance.h"
#include "clients/quorum/server/replication/later.h"

namespace tribunal::quorum {

class LyingLevel final : public Level {
 public:
  LyingLevel(const Settings& settings, std::unique_ptr<Level> honest)
      : bug_(settings.bug), honest_(std::move(honest)) {}

  Reading read(const Request& request) override;
  Written write(const Request& request) override;
  nlohmann::json receive(const std::string& name, const nlohmann::json& message) override {
    return honest_->receive(name, message);
  }
  bool ready(Clock::time_point deadline) override { return honest_->ready(deadline); }
  nlohmann::json applied() override { return honest_->applied(); }
  std::string role() const override { return honest_->role(); }
  Store::Previous previous(const ObjectId& id) override { return honest_->previous(id); }

 private:
  void go_back(const Request& request, Reading& reading);
  void show_uncommitted(const Request& request, Reading& reading);
  [[noreturn]] void abort_after_a_while(const Request& request);

  void write_later(const Request& request);

  const Bug bug_;
  const std::unique_ptr<Level> honest_;
  Chance chance_;
  std::mutex mutex_;
  std::list<Request> uncommitted_;  // guarded by mutex_
  Later later_;                     // last, since it uses the others
};

}  // namespace tribunal::quorum
