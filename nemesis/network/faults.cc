#include "nemesis/network/faults.h"

#include "nemesis/network/packets.h"
#include "nemesis/network/partition.h"

namespace tribunal {

const std::vector<FaultKind>& network_faults() {
  static const std::vector<FaultKind> all = [] {
    std::vector<FaultKind> kinds{partition_fault()};
    for (auto& kind : packet_faults()) kinds.push_back(std::move(kind));
    return kinds;
  }();
  return all;
}

}  // namespace tribunal
