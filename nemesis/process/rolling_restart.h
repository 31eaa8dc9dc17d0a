// The database is restarted on one target after another, each serving again before the next: as an
// operator would, so that a quorum is always there unless something else takes it.
#pragma once

#include "harness/parts/fault.h"

namespace tribunal {

FaultKind rolling_restart_fault();

}  // namespace tribunal
