#include "nemesis/database/faults.h"

#include "nemesis/database/chore.h"
#include "nemesis/database/rejoin_old_data.h"
#include "nemesis/database/remove_member.h"
#include "nemesis/database/replace_member.h"

namespace tribunal {

const std::vector<FaultKind>& database_faults() {
  static const std::vector<FaultKind> all = [] {
    std::vector<FaultKind> joined{remove_member_fault(), replace_member_fault(),
                                  rejoin_old_data_fault()};
    for (auto& chore : chore_faults()) joined.push_back(std::move(chore));
    return joined;
  }();
  return all;
}

}  // namespace tribunal
