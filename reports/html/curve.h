// P(fresh | time since the write) as a drawing, from what the checker `staleness` measured.
#pragma once

#include <string>

#include "harness/record/verdict.h"

namespace tribunal {

// An inline SVG in a figure; empty where the verdict has no curve that can be read. The band is the
// 95 % interval; the dashed line, where there is one, what was measured outside every fault.
std::string curve_html(const Verdict& verdict);

}  // namespace tribunal
