// Histories that are hard to find a sequential order for, or to tell that there is none.
#pragma once

#include <cstdint>

#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

struct SequentialHistoryShape {
  enum class Store : std::uint8_t {
    in_order,      // one memory; calls are recorded in the order in which they took effect
    by_session,    // the same, recorded one session after the other
    shuffled,      // the same, recorded in an order that has nothing to do with it
    store_buffer,  // a session's writes wait in a queue of its own, as on x86: not sequential
    swapped,       // one memory, but two reads of a key have each other's answers
  };

  Store store = Store::in_order;
  std::size_t operations = 1'000, sessions = 20, keys = 5;
  unsigned write_percent = 50;
};

inline constexpr std::string_view store_names[] = {"in order", "by session", "shuffled",
                                                   "store buffers", "swapped answers"};

// Registers; every value is written once a key.
History sequential_history(const SequentialHistoryShape& shape, Random& random);

}  // namespace tribunal
