#include "nemesis/process/faults.h"

#include "nemesis/process/kill.h"
#include "nemesis/process/pause.h"

namespace tribunal {

const std::vector<FaultKind>& process_faults() {
  static const std::vector<FaultKind> all{kill_fault(), pause_fault()};
  return all;
}

}  // namespace tribunal
