// Who stops hearing whom in a partition: pure functions from a shape to its cut directions.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "harness/record/receipt.h"

namespace tribunal {

// For each host, the hosts whose packets it drops on receipt. The names and their meaning are
// Jepsen's.
using Grudge = std::map<std::string, std::set<std::string>>;

struct Partition {
  Grudge grudge;
  std::vector<std::string>
      isolated;        // those it is about: the loner, the smaller half, all of a ring
  std::string detail;  // "n1 | n2 n3"
};

// `planned.shape` over `planned.order`, with whatever is left to chance taken from the order.
// Throws Error(usage) on an unknown shape. Of two hosts each shape but one-way is the one cut there
// is.
Partition partition_for(const PlannedFault& planned);

}  // namespace tribunal
