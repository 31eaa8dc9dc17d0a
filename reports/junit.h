// A run as JUnit XML, for the pages on which CI systems show tests: a suite is a workload under a
// set of faults, a case each checker's verdict, and one more the faults themselves.
#pragma once

#include <ostream>

#include "harness/record/run_folder.h"

namespace tribunal {

void write_junit(const RunFolder& folder, std::ostream& out);

}  // namespace tribunal
