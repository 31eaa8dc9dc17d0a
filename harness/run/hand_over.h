// Gives a cluster what its database can do, so that faults need to know of the cluster alone.
#pragma once

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"

namespace tribunal {

// Both must outlive the cluster.
void hand_over(const Database& database, const Deployment& deployment, Cluster& cluster);

}  // namespace tribunal
