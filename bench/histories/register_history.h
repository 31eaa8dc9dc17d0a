// Valid register histories of any size, for benchmarks.
#pragma once

#include <cstdint>

#include "harness/record/history.h"

namespace tribunal {

struct RegisterHistoryShape {
  std::size_t operations = 0;
  std::size_t concurrency = 5;
  unsigned unknown_percent = 0;
  std::size_t keys = 1;
  bool unique = true;  // or values drawn from five
  unsigned cas_percent = 0;
};

// Workers that always have a call open; each takes effect at a moment of its own between its two
// records, so the history is linearizable. The same seed gives the same history.
History register_history(const RegisterHistoryShape& shape, std::uint64_t seed);

// Makes a history of unique values certainly violated, whatever was lost: a read in its last tenth
// answers what was overwritten before it began. Throws std::runtime_error if there is no such read.
void make_stale(History& history);

// The same for repeated values: after nine tenths, one process writes a value that nobody else
// does, overwrites it, and reads it again.
void insert_stale_read(History& history);

}  // namespace tribunal
