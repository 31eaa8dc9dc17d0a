// Values written once and read all together: who sees a write sees all that were acknowledged
// before that write began. What strict serializability forbids and plain serializability allows.
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

Verdict check_causal_reverse(const History& history, const CheckOptions& options,
                             const Budget& budget);

}  // namespace tribunal
