// Gives each distinct pair of a key and a value a small number: open addressing over one flat
// array.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/record/value.h"

namespace tribunal {

class PairIndex {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  explicit PairIndex(std::size_t expected)
      : slots_(std::bit_ceil(expected * 2 + 16), Slot{0, 0, none}), mask_(slots_.size() - 1) {}

  // The number stored for the pair; none: there is none.
  std::uint32_t find(std::uint32_t key, Value value) const {
    for (std::size_t at = place(key, value);; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.number == none || (slot.bits == value.bits() && slot.key == key)) return slot.number;
    }
  }

  // Stores `number` for a pair that has none; at most `expected` times.
  void add(std::uint32_t key, Value value, std::uint32_t number) {
    std::size_t at = place(key, value);
    while (slots_[at].number != none) at = (at + 1) & mask_;
    slots_[at] = {value.bits(), key, number};
  }

  std::size_t bytes() const { return slots_.size() * sizeof(Slot); }

 private:
  struct Slot {
    std::int64_t bits;
    std::uint32_t key, number;
  };

  // Neighbouring values of one key lie side by side, since a workload counts upwards.
  std::size_t place(std::uint32_t key, Value value) const {
    const auto bits = static_cast<std::uint64_t>(value.bits());
    const std::uint64_t block = (bits >> 3) * 0x9E3779B97F4A7C15ull + key * 0xC2B2AE3D27D4EB4Full;
    return ((((block ^ (block >> 29)) * 0xBF58476D1CE4E5B9ull) >> 20 << 3) | (bits & 7)) & mask_;
  }

  std::vector<Slot> slots_;
  std::size_t mask_;
};

}  // namespace tribunal
