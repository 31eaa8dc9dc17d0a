// Starts MariaDB on one host: alone, or as a node of a Galera cluster.
#pragma once

#include "harness/cluster/host.h"
#include "harness/parts/database.h"

namespace tribunal {

void start_mariadb(Host& host, const Deployment& deployment);

// The provider of Galera on this machine; empty: there is none.
std::string galera_provider();

}  // namespace tribunal
