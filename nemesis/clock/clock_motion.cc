#include "nemesis/clock/clock_motion.h"

#include <time.h>

#include <algorithm>
#include <cmath>

namespace tribunal {
namespace {

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
constexpr double slope_unit = 4294967296.0;  // 2^32

constexpr clockid_t clock_of_slot[clock_slots] = {CLOCK_REALTIME, CLOCK_TAI, CLOCK_MONOTONIC,
                                                  CLOCK_MONOTONIC_RAW, CLOCK_BOOTTIME};

SlotMotion slot_motion(const ClockMotion& motion, std::int64_t since) {
  const auto slope = static_cast<std::int64_t>(std::llround((motion.rate - 1) * slope_unit));
  return {motion.offset, slope, since, motion.delta, motion.period};
}

}  // namespace

ClockTimes true_clocks() {
  ClockTimes times{};
  for (std::size_t slot = 0; slot < clock_slots; ++slot) {
    timespec now{};
    ::clock_gettime(clock_of_slot[slot], &now);
    times[slot] = now.tv_sec * nanoseconds_a_second + now.tv_nsec;
  }
  return times;
}

std::int64_t moved_time(const SlotMotion& motion, std::int64_t true_time) {
  __extension__ using Wide = __int128;
  const std::int64_t in_force = true_time - motion.since;
  const auto drifted = static_cast<std::int64_t>((Wide{in_force} * motion.slope) >> 32);
  const bool alternate = motion.period != 0 && ((in_force / motion.period) & 1) != 0;
  return true_time + motion.offset + drifted + (alternate ? motion.delta : 0);
}

HookRecord record_of(const ClockMotion& wall, const ClockMotion& monotonic,
                     const ClockTimes& since) {
  HookRecord record;
  for (std::size_t slot = 0; slot < clock_slots; ++slot)
    record[slot] = slot_motion(slot <= slot_tai ? wall : monotonic, since[slot]);
  return record;
}

SlotMotion never_back(const SlotMotion& before, SlotMotion after, std::int64_t from,
                      std::int64_t margin) {
  // Between two alternations both are straight lines, so the ends of the margin decide.
  std::int64_t behind = 0;
  for (const std::int64_t at : {from, from + margin})
    behind = std::max(behind, moved_time(before, at) - moved_time(after, at));
  after.offset += behind;
  return after;
}

}  // namespace tribunal
