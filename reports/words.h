// How reports put numbers, moments and faults into words: one way, whichever the format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/figure.h"
#include "harness/record/receipt.h"

namespace tribunal {

std::string counted(std::uint64_t number,
                    std::string_view noun);          // "1 operation", "12,345 operations"
std::string seconds_text(std::int64_t nanoseconds);  // "12.9 s"
std::string duration_text(double seconds);           // "0.8 ms", "12.9 s", "3 min 20 s"

// How far a fault came: "planned", "installed", "observed", "exercised", "healed" or "verified". A
// step counts only with those before it: a fault healed but never exercised is "observed".
std::string_view state_of(const Receipt& receipt);

std::string described(const Receipt& receipt);  // "partition one: n1 | n2 n3"

struct FaultCounts {
  std::size_t planned = 0, exercised = 0, verified = 0, failed = 0;
};
FaultCounts count_faults(const std::vector<Receipt>& receipts, std::size_t never_begun);
std::string faults_line(
    const FaultCounts& counts);  // "3 planned, 3 exercised, 3 healed and verified"

}  // namespace tribunal
