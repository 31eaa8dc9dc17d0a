#include "nemesis/process/stop.h"

#include "nemesis/process/death.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

class StopFault final : public DeathFault {
 public:
  using DeathFault::DeathFault;

 private:
  std::string strike(Ground& ground, Host& host) override {
    return stop_database(ground.cluster, host);
  }
};

}  // namespace

FaultKind stop_fault() {
  return death_fault_kind<StopFault>(
      "stop", "the database is asked to end by its signal (killed if it does not), started later");
}

}  // namespace tribunal
