// Verdicts for a person at a terminal.
#pragma once

#include <string>
#include <vector>

#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// One line on what was read.
std::string history_text(const History& history, double seconds_of_reading);

// A table of verdicts, the counterexamples drawn, and last one line with the worst.
std::string verdict_text(const std::vector<Verdict>& verdicts, const std::string& claim);

// A counterexample: drawn, when it became impossible, what must come before what, and why no order
// works.
std::string evidence_text(const Evidence& evidence);

}  // namespace tribunal
