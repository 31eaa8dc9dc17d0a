// A counterexample drawn in the notation of the drawn tests, as wide as a terminal shows it.
#pragma once

#include <string>
#include <vector>

#include "harness/record/verdict.h"

namespace tribunal {

// A line a process, time to the right:
//     n1   p3    |-- write 3 1 --|
// What is wider than `widest` goes on in a second strip below, cut where no call's words are.
std::string drawing(const std::vector<Exhibit>& exhibits, std::size_t widest);

}  // namespace tribunal
