// The options of a planned fault, read as what they mean. Each function throws Error(usage) naming
// the fault, the option and what is wanted when the text is something else; a fault reads its
// options where it is made, so that a spec is refused before anything runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/record/receipt.h"

namespace tribunal {

std::string text_option(const PlannedFault& planned, const std::string& name);
std::chrono::milliseconds time_option(const PlannedFault& planned, const std::string& name,
                                      std::chrono::milliseconds least,
                                      std::chrono::milliseconds most);
// With a sign, for clocks: "-5s", "+300ms"; from -most to most, nanoseconds.
std::int64_t shift_option(const PlannedFault& planned, const std::string& name,
                          std::chrono::nanoseconds most);
double share_option(const PlannedFault& planned, const std::string& name);       // "20%": 0.2
std::size_t bytes_option(const PlannedFault& planned, const std::string& name);  // at least 1MiB
double figure_option(const PlannedFault& planned, const std::string& name, double least,
                     double most);
std::uint64_t count_option(const PlannedFault& planned, const std::string& name,
                           std::uint64_t least, std::uint64_t most);
std::string choice_option(const PlannedFault& planned, const std::string& name,
                          const std::vector<std::string>& choices);

}  // namespace tribunal
