// What a spec may set of ZooKeeper, what is promised under it, and the configuration that comes of
// it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/database.h"

namespace tribunal {

std::vector<DatabaseOption> zookeeper_options();

// The value of an option of zookeeper_options(): its default where the deployment does not have it.
std::string zookeeper_option(const Deployment& deployment, const std::string& name);

// As Database::promises.
std::vector<std::string> zookeeper_promises(const std::map<std::string, std::string>& options,
                                            const std::string& workload);

// The server of one host, with its files; deployment.binary is ZooKeeper's jar.
Daemon zookeeper_daemon(const Host& host, const Deployment& deployment);

}  // namespace tribunal
