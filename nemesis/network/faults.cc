#include "nemesis/network/faults.h"

#include "nemesis/network/partition.h"

namespace tribunal {

const std::vector<FaultKind>& network_faults() {
  static const std::vector<FaultKind> all{partition_fault()};
  return all;
}

}  // namespace tribunal
