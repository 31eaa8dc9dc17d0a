// PostgreSQL under Patroni: on each host an etcd, and a Patroni that has its server run as what the
// cluster's leader key says.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/database.h"

namespace tribunal {

// Throws Error(environment) where Patroni or etcd is not installed.
void start_patroni(Host& host, const Deployment& deployment);

// Its patroni.yml. `name` is one of deployment.hosts, `root` the host's data folder.
std::string patroni_configuration(const std::string& name, const std::string& root,
                                  const Deployment& deployment);

// Options that only this layout has.
std::vector<DatabaseOption> patroni_options();

}  // namespace tribunal
