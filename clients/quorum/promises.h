// What each level of quorum promises. A deliberate bug or a quorum that is too small changes
// nothing here: it is how the promise gets broken.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace tribunal {

// Names of checkers; empty: what the workload claims.
std::vector<std::string> quorum_promises(const std::map<std::string, std::string>& options,
                                         const std::string& workload);

}  // namespace tribunal
