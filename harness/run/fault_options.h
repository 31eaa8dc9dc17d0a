// The options of planned faults: what the user said, and defaults or draws for the rest.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "harness/record/random.h"

namespace tribunal {

using FaultOptions = std::map<std::string, std::string>;  // by the option's name

// Every option of the kind: as said, else its default. Throws Error(usage) naming an option that
// the kind does not have.
FaultOptions default_options(const FaultKind& kind, const FaultOptions& said);

// The same, but what was not said is drawn from the option's values.
FaultOptions drawn_options(const FaultKind& kind, const FaultOptions& said, Random& random);

// "delay.jitter" -> {"delay": {"jitter": ...}}. Throws Error(usage) on a name without a dot, and on
// a kind that is not among `kinds`.
std::map<std::string, FaultOptions> options_by_kind(const std::map<std::string, std::string>& said,
                                                    const std::vector<std::string>& kinds);

// Makes the fault once, so that what it cannot do is said before anything runs. Throws
// Error(usage).
void check_fault(const FaultKind& kind, const PlannedFault& planned);

}  // namespace tribunal
