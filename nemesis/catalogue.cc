#include "nemesis/catalogue.h"

#include "nemesis/kill.h"
#include "nemesis/partition.h"
#include "nemesis/pause.h"

namespace tribunal {

const std::vector<FaultKind>& faults() {
  static const std::vector<FaultKind> all{partition_fault(), kill_fault(), pause_fault()};
  return all;
}

}  // namespace tribunal
