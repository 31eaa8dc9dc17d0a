// A database that runs already, somewhere: it is only spoken to. Nothing is started there, nothing
// is looked at but by its clients, and no fault can touch it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"

namespace tribunal {

// The same database without all that needs its hosts; its clients use the keys from `base` on.
Database running_database(const Database& database, Key base);

// Hosts n1, n2, ... whose addresses are these endpoints; what needs more than an address throws
// Error(usage).
std::unique_ptr<Cluster> endpoints_cluster(const std::vector<std::string>& endpoints);

// Throws Error(usage) where a built-in client cannot be used so: not by an endpoint, not with this
// access, or an option that is said when a server is started. `chosen`: options that the user set.
void check_endpoints(const std::string& database, const Access& access,
                     const std::map<std::string, std::string>& chosen);

}  // namespace tribunal
