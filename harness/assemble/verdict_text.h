// Verdicts for a person at a terminal.
#pragma once

#include <string>
#include <vector>

#include "harness/record/verdict.h"

namespace tribunal {

// A table of verdicts, the counterexamples drawn, and last one line with the worst.
std::string verdict_text(const std::vector<Verdict>& verdicts, const std::string& claim);

// A counterexample in the notation of the drawn tests, a line a process, and the sentence under it.
std::string evidence_text(const Evidence& evidence);

}  // namespace tribunal
