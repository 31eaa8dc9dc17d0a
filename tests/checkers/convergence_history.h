// Small random histories that end with a last look at two or three replicas, right and wrong ones.
#pragma once

#include "checkers/convergence/objects.h"
#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

// Up to eight calls before the look.
enum class Kind { registers, lists, sets, counters };
History random_convergence_history(Kind kind, Random& random);

}  // namespace tribunal
