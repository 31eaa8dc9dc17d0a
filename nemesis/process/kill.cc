#include "nemesis/process/kill.h"

#include <signal.h>

#include "nemesis/process/death.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

class KillFault final : public DeathFault {
 public:
  using DeathFault::DeathFault;

 private:
  std::string strike(Ground&, Host& host) override { return end_database(host, SIGKILL); }
};

}  // namespace

FaultKind kill_fault() {
  return death_fault_kind<KillFault>("kill", "the database dies by SIGKILL and is started again");
}

}  // namespace tribunal
