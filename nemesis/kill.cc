#include "nemesis/kill.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>

#include "nemesis/attempt.h"
#include "nemesis/encounter.h"
#include "nemesis/every_host.h"
#include "nemesis/live_processes.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr int killed = 128 + SIGKILL;

// Kills all that runs on a host and sees it dead: the wait status says by what, the list of
// processes that none is left.
std::string kill_and_observe(Host& host) {
  const auto victims = live_processes(host);
  if (victims.empty()) throw std::runtime_error("nothing was running that could be killed");
  host.signal_all(SIGKILL);
  const auto until = std::chrono::steady_clock::now() + 5s;
  std::size_t by_us = 0;
  for (const auto& victim : victims) {
    const auto left =
        std::chrono::duration_cast<Milliseconds>(until - std::chrono::steady_clock::now());
    const auto status = host.ended(victim.pid, std::max(left, Milliseconds(0)));
    if (!status)
      throw std::runtime_error(
          fmt::format("process {} ({}) did not end", victim.pid, victim.command));
    if (*status == killed) ++by_us;
  }
  if (by_us == 0) throw std::runtime_error("its processes had ended otherwise than by the signal");
  const auto left = live_processes(host);
  if (!left.empty()) throw std::runtime_error(fmt::format("{} still runs", left.front().command));
  return fmt::format("{}: {} of {} processes ended with status {}, none left", host.name(), by_us,
                     victims.size(), killed);
}

class KillFault final : public Fault {
 public:
  explicit KillFault(PlannedFault planned) : planned_(std::move(planned)) {}

  void inject(Ground& ground, Receipt& receipt) override {
    const bool chosen = attempt(receipt, "choose targets", [&] {
      const Targets targets = choose_targets(ground.cluster, planned_);
      receipt.targets = targets.hosts;
      receipt.detail = targets.detail;
    });
    if (!chosen) return;
    since_signal_.begin(ground, receipt.targets);
    std::mutex mutex;
    std::vector<std::string> seen;
    const bool dead = attempt(receipt, "kill", [&] {
      on_every(ground.cluster, receipt.targets, [&](Host& host) {
        const std::string observed = kill_and_observe(host);
        const std::scoped_lock lock(mutex);
        seen.push_back(observed);
      });
    });
    since_death_.begin(ground, receipt.targets);
    if (!dead) return;
    std::sort(seen.begin(), seen.end());
    receipt.installed = receipt.observed = ground.now();
    receipt.observed_by = fmt::format("{}", fmt::join(seen, "; "));
  }

  void exercise(Ground& ground, Receipt& receipt) override {
    if (!receipt.installed || receipt.healed) return;
    const auto signalled = since_signal_.since(ground), died = since_death_.since(ground);
    receipt.counters.clear();
    std::vector<std::string> met;
    for (std::size_t i = 0; i < died.size(); ++i) {
      const std::uint64_t lost = died[i].failed + signalled[i].unknown;
      const std::string& host = died[i].host;
      receipt.counters.emplace_back(host + " calls failed or unknown", lost);
      if (lost > 0)
        met.push_back(fmt::format("{} calls failed or unknown on {}", lost, host));
      else if (died[i].in_flight > 0)
        met.push_back(fmt::format("{} calls in flight on {}", died[i].in_flight, host));
    }
    if (met.empty()) return;
    if (!receipt.exercised) receipt.exercised = ground.now();
    receipt.exercised_by = fmt::format("{}", fmt::join(met, ", "));
  }

  void heal(Ground& ground, Receipt& receipt) override {
    if (receipt.heal_verified || receipt.targets.empty()) return;
    if (!receipt.heal_requested) receipt.heal_requested = ground.now();
    const bool started = attempt(receipt, "start again", [&] {
      on_every(ground.cluster, receipt.targets, [&](Host& host) {
        if (live_processes(host).empty()) ground.cluster.start_database(host);
      });
    });
    if (!started) return;
    receipt.healed = ground.now();
    attempt(receipt, "verify heal", [&] {
      await_database(ground.cluster, receipt.targets);
      receipt.heal_verified = ground.now();
      receipt.heal_verified_by =
          fmt::format("the database answers on {}", fmt::join(receipt.targets, " "));
    });
  }

 private:
  const PlannedFault planned_;
  // A call fails by itself, too (a swap that found another value), so only failures after the death
  // count; an answer is never lost by itself, so losses count from the signal on.
  Encounter since_signal_, since_death_;
};

}  // namespace

FaultKind kill_fault() {
  return {"kill", "the database dies by SIGKILL and is started again",
          {},     {"one", "minority", "majority", "leader", "all"},
          1,      [](const PlannedFault& planned) { return std::make_unique<KillFault>(planned); }};
}

}  // namespace tribunal
