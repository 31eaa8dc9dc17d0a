// The database as a set of processes, and whether it serves.
#pragma once

#include <string>
#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

std::vector<Process> live_processes(Host& host);  // those that have not ended

// Sends the signal to all that runs on the host and sees it dead: the wait status says by what, the
// list of processes that none is left. Returns what was seen. Throws std::runtime_error when
// nothing was running, or something still runs after 5 s.
std::string end_database(Host& host, int signal);

// Until the database answers through each of the hosts. Time in which another fault is in force
// does not count. Throws std::runtime_error if one has not answered after 15 s of calm.
void await_database(Ground& ground, const std::vector<std::string>& hosts);

}  // namespace tribunal
