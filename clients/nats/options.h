// What a spec may set of NATS, what is promised under it, and the configuration that comes of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/parts/database.h"

namespace tribunal {

std::vector<DatabaseOption> nats_options();

// All of nats_options(), by their defaults where the deployment does not have them.
std::map<std::string, std::string> nats_options_of(const Deployment& deployment);

// As Database::promises and Database::nodes.
std::vector<std::string> nats_promises(const std::map<std::string, std::string>& options,
                                       const std::string& workload);
NodeCounts nats_nodes(const std::map<std::string, std::string>& options);

// The server of one host, with its file.
Daemon nats_daemon(const Host& host, const Deployment& deployment);

}  // namespace tribunal
