// Fail-over by promotion, as a careful operator does it: a witness beside the cluster watches the
// primary, puts it down before another is promoted, and brings it back as a standby.
#pragma once

#include <stop_token>

#include "clients/postgresql/standing.h"
#include "harness/cluster/cluster.h"

namespace tribunal {

// Database::supervise. The primary is lost when for the time of the option failover-after fewer
// than a majority of nodes vouch for it: itself by its answer, a replica by streaming from it. Then
// every process of it is ended by SIGKILL (whatever the network is like; of one that is paused,
// too), and among the replicas the one whose log is longest is promoted, when as many are known as
// Standing::to_be_consulted() says. Others follow it if what they have is a beginning of its log,
// and are copied anew otherwise.
void watch_over_postgresql(Cluster& cluster, const Deployment& deployment, StandingMutex& mutex,
                           const std::stop_token& stop);

}  // namespace tribunal
