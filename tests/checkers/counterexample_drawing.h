// Draws a counterexample in the notation of the drawn tests: a line a process, --| for what was
// answered, --? for what was lost, so that a drawing in a terminal can be made a test as it is.
#pragma once

#include <string>

#include "harness/record/verdict.h"

namespace tribunal {

// Lines of operations, each preceded by its process as "p4". An operation of a history without keys
// is given the key nil, as the notation asks for one.
std::string drawing(const Evidence& evidence);

}  // namespace tribunal
