// What a verdict is worth: anomalies planted into the history, and how many of them were found.
#pragma once

#include <cstdint>

#include "harness/parts/checker.h"

namespace tribunal {

struct SelfTest {
  std::size_t most = 5;    // plants of each kind
  std::uint64_t seed = 1;  // where they stand
};

// Adds to a satisfied verdict's figures how many planted anomalies of each kind were found. One
// that was missed makes it inconclusive; a history with no place for any, vacuous.
void add_detection(Verdict& verdict, const Checker& checker, History& history,
                   const CheckOptions& options, const Budget& budget, const SelfTest& test);

}  // namespace tribunal
