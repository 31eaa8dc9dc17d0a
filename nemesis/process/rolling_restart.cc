#include "nemesis/process/rolling_restart.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "nemesis/attempt.h"
#include "nemesis/encounter.h"
#include "nemesis/every_host.h"
#include "nemesis/options.h"
#include "nemesis/process/live_processes.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

class RollingRestart final : public Fault {
 public:
  explicit RollingRestart(PlannedFault planned)
      : planned_(std::move(planned)), how_(ending_option(planned_)) {}

  void inject(Ground& ground, Receipt& receipt) override {
    attempt(receipt, planned_.fault, [&] {
      Targets targets = choose_targets(ground, planned_);
      receipt.targets = targets.hosts;
      receipt.detail = fmt::format("{}", fmt::join(targets.hosts, ", then "));
      for (const auto& host : targets.hosts) {
        receipt.observed_by += (receipt.observed_by.empty() ? "" : "; ") + roll(ground, host);
        if (!receipt.installed) receipt.installed = ground.now();
      }
      receipt.observed = ground.now();
    });
  }

  // While a host was down, what clients asked of it cannot have been answered.
  void exercise(Ground&, Receipt& receipt) override {
    if (!receipt.installed || receipt.exercised || lost_.empty()) return;
    receipt.exercised = receipt.installed;
    receipt.exercised_by = fmt::format("{}", fmt::join(lost_, ", "));
  }

  void heal(Ground& ground, Receipt& receipt) override {
    if (receipt.heal_verified || receipt.targets.empty()) return;
    if (!receipt.heal_requested) receipt.heal_requested = ground.now();
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
  std::string roll(Ground& ground, const std::string& name) {
    Encounter down;
    const std::string seen = restart_database(ground.cluster, ground.cluster.host(name), how_,
                                              [&] { down.begin(ground, {name}); });
    await_database(ground, {name});
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
  return kind;
}

}  // namespace tribunal
