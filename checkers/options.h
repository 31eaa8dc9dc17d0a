// What a claim may be told beside the initial value. One list for all checkers, since a run hands
// the same options to each of its claims.
#pragma once

#include <cstdint>
#include <string>

#include "harness/parts/checker.h"

namespace tribunal {

// Throws Error(usage) on an option that no checker knows, with those there are.
void require_known(const CheckOptions& options);

// "true" or "false"; throws Error(usage) on anything else.
bool choice(const CheckOptions& options, const std::string& name, const std::string& otherwise);

// A whole number; throws Error(usage) on anything else.
std::uint64_t count(const CheckOptions& options, const std::string& name, std::uint64_t otherwise);

// A length of time in nanoseconds, as "100ms", "2s", "500us" or "0"; throws Error(usage) on
// anything else.
std::int64_t duration(const CheckOptions& options, const std::string& name, std::int64_t otherwise);

// A share above 0 and below 1, as "0.99"; throws Error(usage) on anything else.
double share(const CheckOptions& options, const std::string& name, double otherwise);

}  // namespace tribunal
