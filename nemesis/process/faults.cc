#include "nemesis/process/faults.h"

#include "nemesis/process/cpu_pressure.h"
#include "nemesis/process/crash_loop.h"
#include "nemesis/process/kill.h"
#include "nemesis/process/memory_pressure.h"
#include "nemesis/process/pause.h"
#include "nemesis/process/restart.h"
#include "nemesis/process/rolling_restart.h"
#include "nemesis/process/stop.h"

namespace tribunal {

const std::vector<FaultKind>& process_faults() {
  static const std::vector<FaultKind> all{
      kill_fault(),       stop_fault(),  restart_fault(),      rolling_restart_fault(),
      crash_loop_fault(), pause_fault(), cpu_pressure_fault(), memory_pressure_fault()};
  return all;
}

}  // namespace tribunal
