#include "nemesis/process/crash_loop.h"

#include <fmt/format.h>
#include <signal.h>

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "nemesis/options.h"
#include "nemesis/process/death.h"
#include "nemesis/process/live_processes.h"
#include "nemesis/process/repetition.h"

namespace tribunal {
namespace {

// Whether it died by us; it may just have ended by itself.
bool die_and_start(Cluster& cluster, Host& host) {
  bool died = false;
  try {
    if (!live_processes(host).empty()) died = !end_database(host, SIGKILL).empty();
  } catch (const std::runtime_error&) {
    if (!live_processes(host).empty()) throw;
  }
  cluster.start_database(host);
  return died;
}

class CrashLoopFault final : public DeathFault {
 public:
  explicit CrashLoopFault(const PlannedFault& plan)
      : DeathFault(plan),
        period_(time_option(plan, "period", Milliseconds(50), Milliseconds(60'000))) {}

 private:
  std::string strike(Ground& ground, Host& host) override {
    const std::string first = end_database(host, SIGKILL);
    const std::scoped_lock lock(mutex_);
    loops_.emplace(host.name(), std::make_unique<Repetition>(
                                    period_, [&] { return die_and_start(ground.cluster, host); }));
    return fmt::format("{}; again every {} ms", first, period_.count());
  }

  void undo(Ground& ground, Host& host) override {
    if (Repetition* loop = loop_of(host)) loop->stop();
    DeathFault::undo(ground, host);
  }

  // Throws what stopped the loop before its time, if something did.
  std::string confirm(Ground&, Host& host) override {
    Repetition* loop = loop_of(host);
    if (loop == nullptr) return {};
    loop->rethrow();
    return fmt::format("died {} times", loop->count() + 1);
  }

  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override {
    Repetition* loop = loop_of(host);
    counters.emplace_back(host.name() + " deaths", loop == nullptr ? 0 : loop->count() + 1);
    return DeathFault::met(ground, host, meeting, counters);
  }

  Repetition* loop_of(Host& host) {
    const std::scoped_lock lock(mutex_);
    const auto found = loops_.find(host.name());
    return found == loops_.end() ? nullptr : found->second.get();
  }

  const Milliseconds period_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Repetition>> loops_;  // guarded by mutex_
};

}  // namespace

FaultKind crash_loop_fault() {
  auto kind = death_fault_kind<CrashLoopFault>(
      "crash-loop", "the database dies by SIGKILL and is started, again and again");
  kind.options = {{"period", {"1s", "300ms", "3s"}, "from a start to the next death"}};
  return kind;
}

}  // namespace tribunal
