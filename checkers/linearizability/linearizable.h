// Any object that has a model: is every key linearizable? By zones, a monitor or the general search
// (key_judge.h).
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// Options: `model`, one of model_catalogue.h; `initial`, what every key holds at first; `nil`, what
// a register's read of nil means: `any` (the default) or `absent`.
Verdict check_linearizable(const History& history, const CheckOptions& options,
                           const Budget& budget);

}  // namespace tribunal
