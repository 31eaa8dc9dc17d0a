// What can be known of a script before anything runs.
#pragma once

#include <string>
#include <vector>

#include "harness/run/script.h"

namespace tribunal {

// Throws Error(usage), naming the place, when: a fault, shape, target, option or host does not
// exist or cannot be had with these hosts; a fault that lasts until it is healed is never healed,
// or healed twice, or healed before it began; two faults that cannot be in force together are; a
// majority is stopped in liveness mode; it can take longer than `time` (nanoseconds).
void check_script(const Script& script, const std::vector<FaultKind>& kinds,
                  const std::vector<std::string>& hosts, std::int64_t time);

}  // namespace tribunal
