// Any object that has a model: is every key linearizable? By the general search (search.h).
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: `model`, one of model_catalogue.h; `initial`, what every key holds at first.
Verdict check_linearizable(const History& history, const CheckOptions& options,
                           const Budget& budget);

}  // namespace tribunal
