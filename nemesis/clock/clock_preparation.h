// What faults of clocks need before the database is started.
#pragma once

#include "harness/cluster/cluster.h"

namespace tribunal {

// Starts the tool on every host and has it move the clock of a process of its own and back. Where
// libfaketime is installed, servers that it moves better are started under it from then on. Throws
// Error(environment) where clocks cannot be moved here.
void prepare_clocks(Cluster& cluster);

// The same for motions that change by themselves all the time: what is started under libfaketime
// then asks at each reading of its clock what time it is to tell.
void prepare_restless_clocks(Cluster& cluster);

}  // namespace tribunal
