// What the hook in a process's vDSO reads: the record of how each clock is moved, in two copies of
// which `generation` names the one in force, so that a process never sees half a change and never
// waits for one. hook_x86_64.S and hook_aarch64.S know this layout by number.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tribunal {

// The clocks that can be told apart. Coarse clocks are moved as their fine ones.
enum ClockSlot : std::size_t {
  slot_realtime,
  slot_tai,
  slot_monotonic,
  slot_monotonic_raw,
  slot_boottime,
  clock_slots
};

// true + offset + slope * (true - since) / 2^32, and delta more in every second period.
// Nanoseconds.
struct SlotMotion {
  std::int64_t offset = 0;
  std::int64_t slope = 0;
  std::int64_t since = 0;
  std::int64_t delta = 0;
  std::int64_t period = 0;  // 0: no alternation
  bool operator==(const SlotMotion&) const = default;
};

using HookRecord = std::array<SlotMotion, clock_slots>;

enum Counting : std::uint8_t {
  counting_off = 0,
  counting_wanted = 1,  // the process makes the page writable at its next call
  counting_on = 2
};

// What stood where a function of the vDSO was made to jump to the hook.
struct OriginalBytes {
  std::uint32_t at = 0;  // offset in the image
  std::uint8_t length = 0;
  std::array<std::uint8_t, 11> bytes{};
};

struct HookData {
  std::array<char, 8> magic;
  std::uint8_t generation;  // its last bit says which record is in force
  std::uint8_t counting;    // Counting
  std::array<std::uint8_t, 6> unused;
  std::uint64_t image, image_length;  // where the vDSO is mapped
  // Calls for wall clocks and for monotonic ones; two at the same moment may count as one.
  std::array<std::uint64_t, 2> counters;
  std::array<OriginalBytes, 3> originals;
  std::array<HookRecord, 2> records;
};

static_assert(sizeof(SlotMotion) == 40 && sizeof(HookRecord) == 200);
static_assert(sizeof(OriginalBytes) == 16);
static_assert(offsetof(HookData, generation) == 8 && offsetof(HookData, counting) == 9);
static_assert(offsetof(HookData, image) == 16 && offsetof(HookData, counters) == 32);
static_assert(offsetof(HookData, originals) == 48 && offsetof(HookData, records) == 96);

inline constexpr std::array<char, 8> hook_magic{'T', 'R', 'I', 'B', 'C', 'L', 'K', '1'};

}  // namespace tribunal
