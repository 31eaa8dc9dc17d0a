// Which hosts a fault hits.
#pragma once

#include <string>
#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

std::size_t majority_of(std::size_t hosts);  // more than half
std::size_t minority_of(std::size_t hosts);  // one less than that

// The first hosts of `order` that "one", "minority", "majority", "minority-third" or "all" mean, or
// those whose names it gives, with a plus between them: "n1+n3". Throws Error(usage) on another
// target.
std::vector<std::string> cut_targets(const std::vector<std::string>& order,
                                     const std::string& target);

struct Targets {
  std::vector<std::string> hosts;
  std::string detail;  // "n2, the leader"
};

// The same, with "leader" (also "primaries": all that claim to lead) asked of the database now, and
// without the hosts that another fault holds. Throws std::runtime_error when nobody would be hit.
Targets choose_targets(Ground& ground, const PlannedFault& planned);

// Hosts that claim to lead, in that order. A host that cannot be asked claims nothing.
std::vector<std::string> claimed_leaders(Cluster& cluster, const std::vector<std::string>& order);

}  // namespace tribunal
