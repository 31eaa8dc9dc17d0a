// Processes of a host of this machine, as the controller counts them.
#pragma once

#include <vector>

namespace tribunal {

// The numbers here of the processes that have the numbers `within` in the pid namespace of which
// `init` (a number here) is the first. Those that have ended meanwhile are left out.
std::vector<int> local_processes(int init, const std::vector<int>& within);

}  // namespace tribunal
