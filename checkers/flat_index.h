// Gives each distinct value a small number, in the order of first sight: open addressing over one
// flat array. Values that are near as integers share a cache line of slots, since a workload counts
// upwards.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "harness/record/value.h"

namespace tribunal {

class FlatIndex {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  // Forgets everything; keeps the memory if it fits `expected` distinct values.
  void reset(std::size_t expected) {
    values_.clear();
    values_.reserve(expected);
    const std::size_t wanted = std::bit_ceil(expected + expected / 2 + 17);
    slots_.assign(wanted, none);
    shift_ = 64 - std::countr_zero(wanted >> line_bits);
  }

  std::uint32_t number(Value value) {
    std::size_t slot = place(value);
    while (slots_[slot] != none) {
      if (values_[slots_[slot]] == value) return slots_[slot];
      slot = (slot + 1) & (slots_.size() - 1);
    }
    const auto id = static_cast<std::uint32_t>(values_.size());
    slots_[slot] = id;
    values_.push_back(value);
    if (values_.size() * 4 > slots_.size() * 3) grow();
    return id;
  }

  std::uint32_t find(Value value) const {
    if (slots_.empty()) return none;
    for (std::size_t slot = place(value); slots_[slot] != none;
         slot = (slot + 1) & (slots_.size() - 1)) {
      if (values_[slots_[slot]] == value) return slots_[slot];
    }
    return none;
  }

  Value value(std::uint32_t number) const { return values_[number]; }
  std::size_t size() const { return values_.size(); }
  std::size_t bytes() const {
    return values_.capacity() * sizeof(Value) + slots_.capacity() * sizeof(std::uint32_t);
  }

 private:
  static constexpr int line_bits = 4;

  std::size_t place(Value value) const {
    const auto bits = static_cast<std::uint64_t>(value.bits());
    const std::uint64_t line = ((bits >> line_bits) * 0x9E3779B97F4A7C15ull) >> shift_;
    return static_cast<std::size_t>(line << line_bits | (bits & ((1u << line_bits) - 1)));
  }

  void grow() {
    slots_.assign(slots_.size() * 2, none);
    --shift_;
    for (std::size_t id = 0; id < values_.size(); ++id) {
      std::size_t slot = place(values_[id]);
      while (slots_[slot] != none) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<std::uint32_t>(id);
    }
  }

  std::vector<Value> values_;
  std::vector<std::uint32_t> slots_;
  int shift_ = 63;
};

}  // namespace tribunal
