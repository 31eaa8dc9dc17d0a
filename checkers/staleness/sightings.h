// Which acknowledged writes of a key are newer than what a read of it returned, as one number
// against another: where lists or the database's own numbers order a key's versions, by those;
// else by real time, a write being newer than a version that was there before it began.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checkers/versions/versions.h"

namespace tribunal {

// A write, compare-and-set, append or delete that was acknowledged.
struct AckedWrite {
  std::int64_t acked_at;
  std::uint32_t operation, ended;
  std::uint32_t order;  // newer than all that a read is `beyond` no more than ...
  std::uint32_t session;
  std::uint16_t node;
};

// An ok read of which it is known what version it saw.
struct VersionRead {
  std::int64_t asked_at;
  std::uint32_t operation, began;
  std::uint32_t beyond;  // ... that is, newer than what this read saw: write.order > read.beyond
  std::uint32_t session, version;
  std::uint16_t node;
  std::uint16_t faults;  // bits of Sightings::kinds that lasted when it was called
};

struct FaultTime {
  std::int64_t from, to;  // nanoseconds
};

struct Sightings {
  Versions versions;
  std::vector<AckedWrite> writes;  // by key, each key's in order of acknowledgement
  std::vector<VersionRead> reads;  // by key, each key's in order of invocation
  std::vector<std::uint32_t> write_starts, read_starts;  // keys + 1
  // By version, the operation by whose end it was there: its write, or a read that saw it; none:
  // nobody can say.
  std::vector<std::uint32_t> shown_by;
  std::vector<std::string> kinds;  // of faults, at most 16
  // When some fault lasted, one after the other; an end that never came is the end of time.
  std::vector<FaultTime> fault_times;
  std::uint64_t ok_reads = 0;  // those of unknown versions included
  std::size_t sessions = 0;
  bool by_real_time = false;  // the order of some key

  // Whether no fault lasted at any time between the two, both included.
  bool calm(std::int64_t from, std::int64_t to) const;
  std::size_t keys() const { return versions.keys.size(); }
  std::span<const AckedWrite> writes_of(std::uint32_t key) const {
    return std::span(writes).subspan(write_starts[key], write_starts[key + 1] - write_starts[key]);
  }
  std::span<const VersionRead> reads_of(std::uint32_t key) const {
    return std::span(reads).subspan(read_starts[key], read_starts[key + 1] - read_starts[key]);
  }
};

// O(n). Returns whether the watch let it come to its end; with versions.repeated it stops there.
bool find_sightings(const History& history, Value initial, Watch& watch, Sightings& sightings);

}  // namespace tribunal
