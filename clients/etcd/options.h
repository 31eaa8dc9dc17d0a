// What a spec may set of etcd, and what is promised under it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

std::vector<DatabaseOption> etcd_options();

// The value of an option of etcd_options(): its default where the deployment does not have it.
std::string etcd_option(const Deployment& deployment, const std::string& name);

// As Database::promises.
std::vector<std::string> etcd_promises(const std::map<std::string, std::string>& options,
                                       const std::string& workload);

}  // namespace tribunal
