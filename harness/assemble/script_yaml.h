// The YAML form of a script of faults; docs/faults.md describes it.
#pragma once

#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "harness/run/script.h"

namespace tribunal {

// `name`: of the file, for errors. Throws Error(usage) with file and line: malformed YAML, an
// unknown step or key, a value of the wrong kind. What needs the cluster to judge is left to
// check_script.
Script read_script(const std::string& text, const std::string& name,
                   const std::vector<FaultKind>& kinds);

}  // namespace tribunal
