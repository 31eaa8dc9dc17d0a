#include "nemesis/catalogue.h"

#include "nemesis/clock/faults.h"
#include "nemesis/database/faults.h"
#include "nemesis/disk/faults.h"
#include "nemesis/network/faults.h"
#include "nemesis/process/faults.h"

namespace tribunal {

const std::vector<FaultKind>& faults() {
  static const std::vector<FaultKind> all = [] {
    std::vector<FaultKind> joined;
    for (const auto* part : {&network_faults(), &process_faults(), &clock_faults(), &disk_faults(),
                             &database_faults()})
      joined.insert(joined.end(), part->begin(), part->end());
    return joined;
  }();
  return all;
}

}  // namespace tribunal
