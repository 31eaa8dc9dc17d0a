// How a clock is made to move, and what that makes of the true time.
#pragma once

#include <array>
#include <cstdint>

#include "nemesis/clock/hook_data.h"

namespace tribunal {

// Against the true clock: `offset` ahead of it, running at `rate` from now on (1: as it does, 0:
// standing still), and `delta` more in every second `period`. Nanoseconds.
struct ClockMotion {
  std::int64_t offset = 0;
  double rate = 1;
  std::int64_t delta = 0, period = 0;
  bool operator==(const ClockMotion&) const = default;
  bool is_true() const { return *this == ClockMotion{}; }
};

// Nanoseconds by each clock.
using ClockTimes = std::array<std::int64_t, clock_slots>;
ClockTimes true_clocks();

// What the hook makes of a true time (64-bit arithmetic, wrapping nowhere within 200 years at rates
// up to 10).
std::int64_t moved_time(const SlotMotion& motion, std::int64_t true_time);

// The record by which wall clocks (real time, TAI) move by one motion and monotonic ones
// (monotonic, raw, since boot) by another, from `since` on.
HookRecord record_of(const ClockMotion& wall, const ClockMotion& monotonic,
                     const ClockTimes& since);

// The same motion, with its offset raised so far that a clock which moved by `before` never steps
// back when it changes over at some moment between `from` (true time) and `margin` nanoseconds
// later.
SlotMotion never_back(const SlotMotion& before, SlotMotion after, std::int64_t from,
                      std::int64_t margin);

}  // namespace tribunal
