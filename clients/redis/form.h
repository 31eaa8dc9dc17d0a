// Makes one database of servers that were started: waits for replication, begins the Sentinels, or
// joins the nodes of a cluster.
#pragma once

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"

namespace tribunal {

// Throws Error(environment) with what did not come about within 40 s.
void form_redis(Cluster& cluster, const Deployment& deployment);

// Whether form_redis has begun the Sentinels, so that each start on a host begins its own.
bool has_sentinels(const Deployment& deployment);

}  // namespace tribunal
