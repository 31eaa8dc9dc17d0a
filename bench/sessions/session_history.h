// Large histories of a replicated store that keeps causality, or does not.
#pragma once

#include <cstdint>

#include "harness/record/history.h"

namespace tribunal {

struct SessionHistoryShape {
  std::size_t operations = 1'000'000, sessions = 50, keys = 1'000;
  unsigned lost_percent = 0;      // answers lost: each retires its process
  unsigned moving_percent = 0;    // calls before which the session moves to another replica
  unsigned careless_percent = 0;  // moves to a replica that does not know what the session knew
  bool lists = false;
};

// Three replicas that take writes, merged from time to time by the last write (Lamport's clock), or
// for lists by their order.
History session_history(const SessionHistoryShape& shape, std::uint64_t seed);

}  // namespace tribunal
