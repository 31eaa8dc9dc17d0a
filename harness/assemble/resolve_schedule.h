// What a spec says of faults -> a schedule, or a script of them.
#pragma once

#include "harness/assemble/resolve.h"

namespace tribunal {

// Fills in the schedule, and the script if there is one; `spec.faults` says from then on which
// kinds there are. Throws Error(usage) when what is asked for does not exist, does not fit the
// database, the nodes or the time, or contradicts itself.
void resolve_schedule(Spec& spec, const Database& database, Resolved& resolved);

// Host names of a cluster of so many nodes.
std::vector<std::string> host_names(std::size_t nodes);

}  // namespace tribunal
