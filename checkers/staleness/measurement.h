// How stale reads are: by how much time and how many versions, and how that goes down with the
// time since a write.
#pragma once

#include <cstdint>
#include <vector>

#include "checkers/staleness/curve.h"
#include "checkers/staleness/sightings.h"

namespace tribunal {

// A read for which an acknowledged write was newer than what it returned.
struct StaleRead {
  std::int64_t behind;     // since the earliest acknowledgement of such a write, nanoseconds
  std::uint32_t versions;  // such writes
  std::uint32_t operation, write;  // the read; that earliest acknowledged write
  std::uint32_t version;           // what the read returned
  std::uint16_t faults;
};

// Reads of which some write is at least `within` older, and those of them that missed such a write.
struct Due {
  std::uint64_t reads = 0, late = 0;
};

struct Measurement {
  Curve all, same_session, same_node, calm;  // calm: outside every fault
  std::vector<Curve> during;                 // by Sightings::kinds
  std::uint64_t reads = 0, calm_reads = 0;   // with an acknowledged write before them
  std::vector<std::uint64_t> reads_during;
  std::vector<StaleRead> stale;  // the stalest first
  Due due, calm_due;             // calm: and no fault lasted within so long before the call
};

// Every pair of an acknowledged write and a later read of its key, without looking at each: O(n log
// n) and the buckets of a curve. A write that overlaps what a read saw counts as seen. Returns
// whether the watch let it come to its end.
bool measure(const Sightings& sightings, std::int64_t within, Watch& watch,
             Measurement& measurement);

}  // namespace tribunal
