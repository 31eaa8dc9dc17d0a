// What the keys of a history hold, and when two answers say the same.
#pragma once

#include <cstdint>
#include <span>

#include "harness/record/history.h"

namespace tribunal {

enum class Objects : std::uint8_t { versioned, sets, counters };  // versioned: registers and lists

// Throws Error(usage) on a call that is of none of these, and on a mixture of them. Where only
// `add` is called and nothing but nil was ever read, the keys count as counters, which convicts
// only what a set would, too.
Objects objects_of(const History& history);

// The elements of a list or set that was read; none where nothing was there.
std::span<const Value> elements_of(const History& history, Value answer);

// Whether two answers of one key are the same: sets in any order; nothing is an empty set or list,
// and a counter of 0.
bool same_answer(const History& history, Objects objects, Value a, Value b);

}  // namespace tribunal
