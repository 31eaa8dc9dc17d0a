// What a spec may set of Redis, and the configuration files that come of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/database.h"

namespace tribunal {

std::vector<DatabaseOption> redis_options();

// The value of an option of redis_options(): its default where the deployment does not have it.
std::string redis_option(const Deployment& deployment, const std::string& name);
NodeCounts redis_nodes(const std::map<std::string, std::string>& options);

// The daemons of one host, with their files. Redis rewrites both of them when it fails over.
Daemon redis_server_daemon(const Host& host, const Deployment& deployment);
Daemon sentinel_daemon(const Host& host, const Deployment& deployment);

}  // namespace tribunal
