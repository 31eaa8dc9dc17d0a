// Draws the faults of a run from its seed, before it begins.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "harness/record/receipt.h"

namespace tribunal {

// safety: anything goes. liveness: a majority of the hosts can always reach each other and runs.
enum class Mode { safety, liveness };

struct ScheduleOptions {
  std::vector<std::string> faults;             // kinds, by name
  std::vector<std::string> targets;            // allowed; empty: every one that a kind has
  std::vector<std::string> shapes;             // allowed; empty: every one that a kind has
  std::map<std::string, std::string> options;  // "delay.jitter": "5ms"; the rest is drawn
  std::vector<std::string> hosts;
  Mode mode = Mode::safety;
  std::size_t overlap = 1;    // at most so many at once
  std::int64_t duration = 0;  // of the traffic, nanoseconds
  std::int64_t every = 0;     // mean time from one fault's start to the next's, in each lane
  std::int64_t length = 0;    // mean time that a fault lasts
  std::uint64_t seed = 0;
};

// Faults lie in as many lanes as may overlap, one at a time in each; none begins in the first
// second or two, and all are over more than a second before the end. Two that lie beside each other
// are of different resources and, in liveness mode, only one of them stops hosts; the overtime of
// a kind counts for each lane, since the others keep it waiting. Kinds, and a kind's shapes and
// targets, are dealt from shuffled decks, so that each comes up before any that fits comes up
// again. Sorted by time. Throws Error(usage) when the faults do not fit into the duration or into
// so few hosts, or a wish leaves a kind nothing.
std::vector<PlannedFault> draw_schedule(const ScheduleOptions& options,
                                        const std::vector<FaultKind>& kinds);

// Until when each fault of a schedule sorted by time may last if nothing has met it by its planned
// end: at most as long again, and over before the next one with which it does not go together, or
// with which more would be in force at once than ever was planned.
std::vector<std::int64_t> latest_ends(const std::vector<PlannedFault>& by_time,
                                      const std::vector<FaultKind>& kinds);

// Shapes and targets of a kind after which a majority of so many hosts is still whole.
std::vector<std::string> quorum_keeping_targets(const std::vector<std::string>& targets);
std::vector<std::string> quorum_keeping_shapes(const std::vector<std::string>& shapes,
                                               std::size_t hosts);

}  // namespace tribunal
