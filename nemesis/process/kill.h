// The database dies on some hosts, at once and without a word, and is started again at the heal.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind kill_fault();

}  // namespace tribunal
