// The processes of a host, as its own /proc tells.
#pragma once

#include <set>
#include <vector>

#include "harness/cluster/host.h"

namespace tribunal {

struct HostProcess {
  Process process;
  int session = 0;
};

// All but pid 1 and the members of `excepted` sessions. A process counts as stopped (T) only when
// all its threads are.
std::vector<HostProcess> list_processes(const std::set<int>& excepted);

// Sends `signal` to all of those, again to newcomers until there are none: a process may fork while
// it is looked for.
void signal_processes(int signal, const std::set<int>& excepted);

}  // namespace tribunal
