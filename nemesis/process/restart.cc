#include "nemesis/process/restart.h"

#include "nemesis/options.h"
#include "nemesis/process/death.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

class RestartFault final : public DeathFault {
 public:
  explicit RestartFault(const PlannedFault& plan) : DeathFault(plan), how_(ending_option(plan)) {}

 private:
  std::string strike(Ground& ground, Host& host) override {
    return restart_database(ground.cluster, host, how_);
  }

  const Ending how_;
};

}  // namespace

FaultKind restart_fault() {
  auto kind = death_fault_kind<RestartFault>(
      "restart", "the database is stopped or killed, and started again at once");
  kind.options = {ending_choices()};
  return kind;
}

}  // namespace tribunal
