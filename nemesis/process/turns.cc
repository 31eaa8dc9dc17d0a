#include "nemesis/process/turns.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "nemesis/host_fault.h"
#include "nemesis/not_here.h"
#include "nemesis/process/live_processes.h"
#include "nemesis/process/repetition.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr auto turn = 200ms;

class TurnsFault final : public HostFault {
 public:
  TurnsFault(const PlannedFault& plan, double share)
      : HostFault(plan),
        runs_(std::max(Milliseconds(1), std::chrono::duration_cast<Milliseconds>(share * turn))) {}

 private:
  // Stops it, and sees that it stands still; whether it did.
  bool take_turn(Host& host) {
    host.signal_all(SIGSTOP);
    std::this_thread::sleep_for(turn - runs_);
    const auto processes = live_processes(host);
    const bool stood = std::any_of(processes.begin(), processes.end(),
                                   [](const Process& process) { return process.state == 'T'; });
    host.signal_all(SIGCONT);
    return stood;
  }

  std::string strike(Ground&, Host& host) override {
    if (!take_turn(host)) throw NotHere("nothing was running that could be stopped");
    const std::scoped_lock lock(mutex_);
    turns_.emplace(host.name(),
                   std::make_unique<Repetition>(runs_, [&] { return take_turn(host); }));
    return fmt::format("stands still for {} ms of every {} ms", (turn - runs_).count(),
                       turn.count());
  }

  void undo(Ground&, Host& host) override {
    if (Repetition* turns = turns_of(host)) turns->stop();
    host.signal_all(SIGCONT);
  }

  std::string confirm(Ground&, Host& host) override {
    Repetition* turns = turns_of(host);
    if (turns == nullptr) return {};
    turns->rethrow();
    return fmt::format("stood still {} times", turns->count() + 1);
  }

  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override {
    if (Repetition* turns = turns_of(host))
      counters.emplace_back(host.name() + " times stopped", turns->count() + 1);
    return HostFault::met(ground, host, meeting, counters);
  }

  std::string means() const override { return "SIGSTOP by turns"; }

  Repetition* turns_of(Host& host) {
    const std::scoped_lock lock(mutex_);
    const auto found = turns_.find(host.name());
    return found == turns_.end() ? nullptr : found->second.get();
  }

  const Milliseconds runs_;  // of each turn
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Repetition>> turns_;  // by host; guarded by mutex_
};

}  // namespace

std::unique_ptr<Fault> make_turns(const PlannedFault& plan, double share) {
  return std::make_unique<TurnsFault>(plan, share);
}

}  // namespace tribunal
