// Every fault, in the order in which `tribunal list` prints them. To add one: a file, its line in
// the faults.cc and sources.cmake of its folder, and a test.
#pragma once

#include <vector>

#include "harness/parts/fault.h"

namespace tribunal {

const std::vector<FaultKind>& faults();

}  // namespace tribunal
