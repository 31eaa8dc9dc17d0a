// What MariaDB promises under its options.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tribunal {

// Names of checkers; empty: what the workload claims.
std::vector<std::string> mariadb_promises(const std::map<std::string, std::string>& options,
                                          const std::string& workload);

}  // namespace tribunal
