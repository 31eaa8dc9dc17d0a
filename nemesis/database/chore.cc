#include "nemesis/database/chore.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "nemesis/host_fault.h"
#include "nemesis/not_here.h"

namespace tribunal {
namespace {

// Calls anywhere in the cluster while a chore was done: some were on their way when it began, or
// came or went before it was over.
struct During {
  std::int64_t in_flight = 0;
  std::uint64_t ended = 0;
};

class ChoreFault final : public HostFault {
 public:
  using HostFault::HostFault;

 private:
  std::string strike(Ground& ground, Host& host) override {
    const auto chore = ground.cluster.chores.find(planned().fault);
    if (chore == ground.cluster.chores.end())
      throw std::runtime_error("the database has no such chore");
    Encounter calls;
    calls.begin(ground, ground.cluster.names());
    During during;
    for (const auto& at_first : calls.since(ground)) during.in_flight += at_first.in_flight;
    const std::string seen = do_chore(chore->second, host);
    for (const auto& since : calls.since(ground))
      during.ended += since.answered + since.failed + since.unknown;
    const std::scoped_lock lock(mutex_);
    during_[host.name()] = during;
    return seen;
  }
  // Nothing of one that failed is left, so an operator would ask another node, or ask again.
  static std::string do_chore(const std::function<std::string(Host&)>& chore, Host& host) {
    try {
      return chore(host);
    } catch (const std::exception& refused) {
      throw NotHere(refused.what());
    }
  }
  // Longer than a random fault lasts that keeps the database from doing it.
  Milliseconds patience() const override { return Milliseconds(5'000); }
  void undo(Ground&, Host&) override {}
  std::string confirm(Ground&, Host&) override { return "nothing to undo"; }

  std::optional<std::string> met(Ground&, Host& host, const Meeting&, Counters& counters) override {
    const std::scoped_lock lock(mutex_);
    const During& during = during_[host.name()];
    counters.emplace_back(host.name() + " calls in flight when it began", during.in_flight);
    counters.emplace_back(host.name() + " calls that ended during it", during.ended);
    if (during.in_flight <= 0 && during.ended == 0) return {};
    return fmt::format("{} calls in flight and {} ended during it on {}", during.in_flight,
                       during.ended, host.name());
  }

  std::mutex mutex_;
  std::map<std::string, During> during_;  // by host; guarded by mutex_
};

FaultKind chore_fault(const std::string& name, const std::string& summary,
                      std::vector<std::string> targets) {
  auto kind = host_fault_kind<ChoreFault>(name, summary);
  kind.targets = std::move(targets);
  kind.unfit = [name](const Database& database) {
    const bool has = std::any_of(database.chores.begin(), database.chores.end(),
                                 [&](const Chore& chore) { return chore.name == name; });
    return has ? std::string() : fmt::format("{} has no chore called {}", database.name, name);
  };
  return kind;
}

}  // namespace

std::vector<FaultKind> chore_faults() {
  return {chore_fault("compact", "old revisions are thrown away", {"one", "leader"}),
          chore_fault("defragment", "a node writes its file anew, and does not serve meanwhile",
                      {"one", "minority", "majority", "leader", "all"}),
          chore_fault("move-leader", "the leader gives its office to another node", {"one"}),
          chore_fault("snapshot", "all data are read out, and their checksum is looked at",
                      {"one", "leader", "all"})};
}

}  // namespace tribunal
