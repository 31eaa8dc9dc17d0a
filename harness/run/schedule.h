// Draws the faults of a run from its seed, before it begins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "harness/record/receipt.h"

namespace tribunal {

struct ScheduleOptions {
  std::vector<std::string> faults;   // kinds, by name
  std::vector<std::string> targets;  // allowed; empty: every one that a kind has
  std::vector<std::string> shapes;   // allowed; empty: every one that a kind has
  std::vector<std::string> hosts;
  std::int64_t duration = 0;  // of the traffic, nanoseconds
  std::int64_t every = 0;     // mean time from one fault's start to the next's
  std::int64_t length = 0;    // mean time that a fault lasts
  std::uint64_t seed = 0;
};

// One fault at a time, none in the first second or two and all over a second before the end. Kinds,
// and a kind's shapes and targets, are dealt from shuffled decks, so that each comes up before any
// comes up again. Throws Error(usage) when the faults do not fit into the duration or into so few
// hosts, or a wish leaves a kind nothing.
std::vector<PlannedFault> draw_schedule(const ScheduleOptions& options,
                                        const std::vector<FaultKind>& kinds);

}  // namespace tribunal
