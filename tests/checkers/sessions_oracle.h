// Session guarantees and causal models of small histories by their definitions: every pair, every
// order. Slow, plain, and sharing no code with the checkers.
#pragma once

#include <array>

#include "harness/record/history.h"

namespace tribunal {

struct OracleVerdicts {
  bool impossible = false;  // a read of what nobody wrote, or whose write failed
  bool cyclic = false;      // session order and reads-from
  // read-your-writes, monotonic-reads, monotonic-writes, writes-follow-reads; not told if cyclic.
  std::array<bool, 4> guarantee_broken{};
  std::array<std::size_t, 4> bad_reads{};
  bool causal = false, convergent = false, memory = false, pram = false;  // whether it holds
};

// Registers begin as nil. Up to some ten operations, values unique.
OracleVerdicts judge_by_definition(const History& history);

}  // namespace tribunal
