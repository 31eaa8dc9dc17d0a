// The database as a set of processes, and whether it serves.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

std::vector<Process> live_processes(Host& host);  // those that have not ended
std::set<int> live_numbers(Host& host);           // their pids, as the host counts

// Sends the signal to all that runs on the host and sees it dead: the wait status says by what, the
// list of processes that none is left. Returns what was seen. Throws NotHere when nothing was
// running, and std::runtime_error when something still runs after 5 s.
std::string end_database(Host& host, int signal);

// The same with the signal by which the database is to be stopped; if it has not ended after 5 s
// it is killed, and the answer says so.
std::string stop_database(Cluster& cluster, Host& host);

enum class Ending { stopped, killed };
FaultOption ending_choices();  // how=stop or kill
Ending ending_option(const PlannedFault& planned);
std::string end_database(Cluster& cluster, Host& host, Ending how);

// Ends it, calls `ended`, starts it at once, and sees that what runs then is none of what ran
// before.
std::string restart_database(Cluster& cluster, Host& host, Ending how,
                             const std::function<void()>& ended = {});

// Until the database answers through each of the hosts. Time in which another fault is in force
// does not count. Throws std::runtime_error if one has not answered after 15 s of calm, or after so
// much time in all.
void await_database(Ground& ground, const std::vector<std::string>& hosts,
                    Milliseconds in_all = Milliseconds::max());

}  // namespace tribunal
