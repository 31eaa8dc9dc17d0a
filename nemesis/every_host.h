// Does the same to several hosts at the same time.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"

namespace tribunal {

// Waits for all of them. Throws std::runtime_error with the names of the hosts where `act` threw,
// and what.
void on_every(Cluster& cluster, const std::vector<std::string>& hosts,
              const std::function<void(Host&)>& act);

}  // namespace tribunal
