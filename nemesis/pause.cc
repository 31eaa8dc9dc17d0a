#include "nemesis/pause.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "nemesis/attempt.h"
#include "nemesis/encounter.h"
#include "nemesis/every_host.h"
#include "nemesis/live_processes.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr char stopped = 'T';
constexpr auto answers_on_their_way = 50ms;  // sent before the pause, they come in after it

// Throws if within 5 s some process has still not come to the wanted state.
std::size_t await_state(Host& host, const std::function<bool(char)>& wanted) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (true) {
    const auto processes = live_processes(host);
    const auto other = std::find_if(processes.begin(), processes.end(),
                                    [&](const Process& process) { return !wanted(process.state); });
    if (other == processes.end()) return processes.size();
    if (std::chrono::steady_clock::now() > until)
      throw std::runtime_error(fmt::format("{} is in state {}", other->command, other->state));
    std::this_thread::sleep_for(5ms);
  }
}

std::string stop_and_observe(Host& host) {
  host.signal_all(SIGSTOP);
  const std::size_t count = await_state(host, [](char state) { return state == stopped; });
  if (count == 0) throw std::runtime_error("nothing was running that could be paused");
  return fmt::format("{}: all {} processes in state T", host.name(), count);
}

class PauseFault final : public Fault {
 public:
  explicit PauseFault(PlannedFault planned) : planned_(std::move(planned)) {}

  void inject(Ground& ground, Receipt& receipt) override {
    const bool chosen = attempt(receipt, "choose targets", [&] {
      const Targets targets = choose_targets(ground.cluster, planned_);
      receipt.targets = targets.hosts;
      receipt.detail = targets.detail;
    });
    if (!chosen) return;
    std::mutex mutex;
    std::vector<std::string> seen;
    const bool paused = attempt(receipt, "pause", [&] {
      on_every(ground.cluster, receipt.targets, [&](Host& host) {
        const std::string observed = stop_and_observe(host);
        const std::scoped_lock lock(mutex);
        seen.push_back(observed);
      });
    });
    std::this_thread::sleep_for(answers_on_their_way);
    encounter_.begin(ground, receipt.targets);
    if (!paused) return;
    std::sort(seen.begin(), seen.end());
    receipt.installed = receipt.observed = ground.now();
    receipt.observed_by = fmt::format("{}", fmt::join(seen, "; "));
  }

  void exercise(Ground& ground, Receipt& receipt) override {
    if (!receipt.installed || receipt.healed) return;
    receipt.counters.clear();
    std::vector<std::string> met;
    for (const auto& since : encounter_.since(ground)) {
      const std::uint64_t suffered = since.failed + since.unknown + since.stalled;
      receipt.counters.emplace_back(since.host + " calls stalled, failed or unknown", suffered);
      if (suffered > 0)
        met.push_back(
            fmt::format("{} calls stalled, failed or unknown on {}", suffered, since.host));
      else if (waits(since, ground.now() - *receipt.observed))
        met.push_back(fmt::format("{} calls without an answer on {}", since.in_flight, since.host));
    }
    if (met.empty()) return;
    if (!receipt.exercised) receipt.exercised = ground.now();
    receipt.exercised_by = fmt::format("{}", fmt::join(met, ", "));
  }

  void heal(Ground& ground, Receipt& receipt) override {
    if (receipt.heal_verified || receipt.targets.empty()) return;
    if (!receipt.heal_requested) receipt.heal_requested = ground.now();
    const bool resumed = attempt(receipt, "resume", [&] {
      on_every(ground.cluster, receipt.targets, [](Host& host) {
        host.signal_all(SIGCONT);
        await_state(host, [](char state) { return state != stopped; });
      });
    });
    if (!resumed) return;
    receipt.healed = ground.now();
    attempt(receipt, "verify heal", [&] {
      await_database(ground.cluster, receipt.targets);
      receipt.heal_verified = ground.now();
      receipt.heal_verified_by = fmt::format("no process in state T; the database answers on {}",
                                             fmt::join(receipt.targets, " "));
    });
  }

 private:
  // Calls are out and none has been answered for as long as counts as a stall.
  static bool waits(const Encounter::Since& since, std::int64_t paused_for) {
    constexpr std::int64_t stall = 100'000'000;
    return since.in_flight > 0 && since.answered == 0 && paused_for >= stall;
  }

  const PlannedFault planned_;
  Encounter encounter_;
};

}  // namespace

FaultKind pause_fault() {
  return {
      "pause", "the database is stopped by SIGSTOP and goes on later",
      {},      {"one", "minority", "majority", "leader", "all"},
      1,       [](const PlannedFault& planned) { return std::make_unique<PauseFault>(planned); }};
}

}  // namespace tribunal
