// The database as a set of processes, and whether it serves.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/cluster.h"

namespace tribunal {

std::vector<Process> live_processes(Host& host);  // those that have not ended

// Until the database answers through each of the hosts. Throws std::runtime_error if one does not
// within 15 s.
void await_database(Cluster& cluster, const std::vector<std::string>& hosts);

}  // namespace tribunal
