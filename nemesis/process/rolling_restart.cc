#include "nemesis/process/rolling_restart.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "nemesis/attempt.h"
#include "nemesis/encounter.h"
#include "nemesis/every_host.h"
#include "nemesis/not_here.h"
#include "nemesis/options.h"
#include "nemesis/process/live_processes.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

// What keeps a host from serving again may last longer than others of the resource can wait.
constexpr Milliseconds in_all{18'000};

class RollingRestart final : public Fault {
 public:
  explicit RollingRestart(PlannedFault planned)
      : planned_(std::move(planned)), how_(ending_option(planned_)) {}

  // Where the database runs nowhere it is waited for.
  void inject(Ground& ground, Receipt& receipt) override {
    constexpr Milliseconds between_looks{100};
    const auto latest = ground.now() + std::max<std::int64_t>(0, planned_.duration);
    while (true) {
      Receipt trial = receipt;
      attempt(trial, planned_.fault, [&] { roll_all(ground, trial); });
      if (!trial.targets.empty() || ground.now() >= latest) {
        receipt = std::move(trial);
        return;
      }
      std::this_thread::sleep_for(between_looks);
    }
  }

  // While a host was down, what clients asked of it cannot have been answered.
  void exercise(Ground&, Receipt& receipt) override {
    if (!receipt.installed || receipt.exercised || lost_.empty()) return;
    receipt.exercised = receipt.installed;
    receipt.exercised_by = fmt::format("{}", fmt::join(lost_, ", "));
  }

  void heal(Ground& ground, Receipt& receipt) override {
    if (receipt.heal_verified) return;
    if (!receipt.heal_requested) receipt.heal_requested = ground.now();
    if (receipt.targets.empty()) {
      receipt.healed = receipt.heal_verified = ground.now();
      receipt.heal_verified_by = "nothing had been begun";
      return;
    }
    attempt(receipt, "heal", [&] {
      on_every(ground.cluster, receipt.targets, [&](Host& host) {
        if (live_processes(host).empty()) ground.cluster.start_database(host);
      });
      receipt.healed = ground.now();
      if (ground.undone) ground.undone();
      await_database(ground, receipt.targets);
      receipt.heal_verified_by =
          fmt::format("the database answers on {}", fmt::join(receipt.targets, " "));
      receipt.heal_verified = ground.now();
    });
  }

 private:
  // Hosts on which it does not run are left out: whoever ended it starts it again.
  void roll_all(Ground& ground, Receipt& receipt) {
    const auto targets = choose_targets(ground, planned_).hosts;
    receipt.targets = targets;
    receipt.detail = fmt::format("{}", fmt::join(targets, ", then "));
    const auto until = std::chrono::steady_clock::now() + in_all;
    std::vector<std::string> seen, missed;
    for (const auto& host : targets) try {
        seen.push_back(roll(ground, host, until));
        if (!receipt.installed) receipt.installed = receipt.observed = ground.now();
        receipt.observed_by = fmt::format("{}", fmt::join(seen, "; "));
      } catch (const NotHere& why) {
        missed.push_back(fmt::format("{}: {}", host, why.what()));
        std::erase(receipt.targets, host);
      }
    if (seen.empty()) throw NotHere(fmt::format("{}", fmt::join(missed, "; ")));
    if (!missed.empty()) receipt.detail += fmt::format(", but not {}", fmt::join(missed, "; "));
  }

  using Time = std::chrono::steady_clock::time_point;

  std::string roll(Ground& ground, const std::string& name, Time until) {
    Encounter down;
    const std::string seen = restart_database(ground.cluster, ground.cluster.host(name), how_,
                                              [&] { down.begin(ground, {name}); });
    await_database(ground, {name},
                   std::chrono::duration_cast<Milliseconds>(until - Time::clock::now()));
    const auto since = down.since(ground).front();
    if (const auto lost = since.failed + since.unknown + since.stalled; lost > 0)
      lost_.push_back(fmt::format("{} calls stalled, failed or unknown on {}", lost, name));
    return fmt::format("{}: {}, serves again", name, seen);
  }

  const PlannedFault planned_;
  const Ending how_;
  std::vector<std::string> lost_;
};

}  // namespace

FaultKind rolling_restart_fault() {
  FaultKind kind;
  kind.name = "rolling-restart";
  kind.summary =
      "the database is restarted on one host after another, each serving before the next";
  kind.targets = {"all"};
  kind.least_hosts = 2;
  kind.make = [](const PlannedFault& plan) { return std::make_unique<RollingRestart>(plan); };
  kind.options = {ending_choices()};
  kind.resource = "processes";
  kind.overtime = 3'000'000'000;  // a second a host where nothing else is in the way
  return kind;
}

}  // namespace tribunal
