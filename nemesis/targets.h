// Which hosts a fault hits.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "harness/record/receipt.h"

namespace tribunal {

std::size_t majority_of(std::size_t hosts);  // more than half
std::size_t minority_of(std::size_t hosts);  // one less than that

// The first hosts of `order` that "one", "minority", "majority" or "all" mean. Throws Error(usage)
// on another target.
std::vector<std::string> cut_targets(const std::vector<std::string>& order,
                                     const std::string& target);

struct Targets {
  std::vector<std::string> hosts;
  std::string detail;  // "n2, the leader"
};

// The same, with "leader" asked of the database now. Throws std::runtime_error when nobody would be
// hit.
Targets choose_targets(Cluster& cluster, const PlannedFault& planned);

}  // namespace tribunal
