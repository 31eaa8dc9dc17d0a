// Some hosts stop hearing others.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind partition_fault();

}  // namespace tribunal
