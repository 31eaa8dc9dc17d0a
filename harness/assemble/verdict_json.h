// Verdicts for a program: what `tribunal check --json` prints.
#pragma once

#include <string>

#include "harness/assemble/judge_folder.h"

namespace tribunal {

// An object a verdict, each on a line of its own: verdict, checker, algorithm, operations, seconds
// {parsing, checking}, evidence and what else a verdict holds.
std::string verdict_lines(const Judged& judged);

}  // namespace tribunal
