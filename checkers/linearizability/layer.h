// The configurations of a search that are possible at one moment, without those that another one
// outdoes: flat, in blocks that never move, with tables that are cleared in one step and grow a
// sixty-fourth at a time, so that nothing here takes long.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "checkers/linearizability/state_space.h"

namespace tribunal {

// Which open operations have taken effect (a bit each, a few for a counted kind), in what state,
// and the last event at which an operation took effect that overwrites whatever was before.
template <std::size_t words>
struct Configuration {
  std::array<std::uint64_t, words> done{};
  std::uint32_t state = 0;
  std::uint32_t since = 0;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};
static_assert(sizeof(Configuration<3>) == 32);

// Configurations are filed by state and `exact`, the bits in which none outdoes another. A Judge
// has
//   const std::array<std::uint64_t, words>& exact() const;
//   bool outdoes(const Configuration&, const Configuration&) const;   of the same file; reflexive
template <std::size_t words>
class Layer {
 public:
  using Item = Configuration<words>;

  static constexpr std::uint32_t none = UINT32_MAX;

  void clear() {
    size_ = frozen_ = 0;
    if (++generation_ != 0) return;
    for (Shard& shard : shards_) shard.slots.assign(shard.slots.size(), {});
    generation_ = 1;
  }

  // The first `count` items keep their places from now on.
  void freeze(std::size_t count) { frozen_ = count; }

  // Of the file: its state, and what it did in the bits that are exact.
  static std::uint64_t hash_of(const Item& item, const std::array<std::uint64_t, words>& exact) {
    std::uint64_t hash = item.state;
    for (std::size_t i = 0; i < words; ++i) hash = mixed(hash, item.done[i] & exact[i]);
    return mixed(hash, 1);
  }

  // Its place; none if one that is there outdoes it. One that it outdoes gives up its place.
  template <class Judge>
  std::uint32_t add(const Item& item, const Judge& judge) {
    const std::uint64_t hash = hash_of(item, judge.exact());
    Shard& shard = shards_[hash >> 58];
    if (shard.generation != generation_) {
      shard.generation = generation_;
      shard.used = 0;
    }
    if (shard.used * 2 >= shard.slots.size()) grow(shard, judge.exact());
    std::size_t slot = hash & (shard.slots.size() - 1);
    for (; shard.slots[slot].generation == generation_;
         slot = (slot + 1) & (shard.slots.size() - 1)) {
      const std::uint32_t first = shard.slots[slot].first;
      if (same_file(at(first), item, judge.exact())) {
        return add_to_file(first, item, judge);
      }
    }
    shard.slots[slot] = {generation_, push(item)};
    ++shard.used;
    return shard.slots[slot].first;
  }

  std::size_t size() const { return size_; }
  Item& at(std::size_t i) { return blocks_[i / block].items[i % block]; }
  const Item& at(std::size_t i) const { return blocks_[i / block].items[i % block]; }

  std::size_t bytes() const {
    return blocks_.size() * block * (sizeof(Item) + sizeof(std::uint32_t)) + slots_ * sizeof(Slot);
  }

 private:
  static constexpr std::size_t block = 256, few = 16;  // small: most searches are
  struct Slot {
    std::uint32_t generation = 0;
    std::uint32_t first = none;
  };
  struct Shard {
    std::vector<Slot> slots;
    std::size_t used = 0;
    std::uint32_t generation = 0;
  };
  struct Block {
    std::unique_ptr<Item[]> items = std::make_unique<Item[]>(block);
    std::unique_ptr<std::uint32_t[]> next = std::make_unique<std::uint32_t[]>(block);
  };

  static bool same_file(const Item& a, const Item& b,
                        const std::array<std::uint64_t, words>& exact) {
    if (a.state != b.state) return false;
    for (std::size_t i = 0; i < words; ++i) {
      if (((a.done[i] ^ b.done[i]) & exact[i]) != 0) return false;
    }
    return true;
  }

  std::uint32_t& next(std::size_t i) { return blocks_[i / block].next[i % block]; }

  template <class Judge>
  std::uint32_t add_to_file(std::uint32_t first, const Item& item, const Judge& judge) {
    std::uint32_t last = first;
    for (std::uint32_t i = first; i != none; last = i, i = next(i)) {
      if (judge.outdoes(at(i), item)) return none;
    }
    for (std::uint32_t i = first; i != none; i = next(i)) {
      if (i >= frozen_ && judge.outdoes(item, at(i))) {
        at(i) = item;
        return i;
      }
    }
    const std::uint32_t place = push(item);
    next(last) = place;
    return place;
  }

  std::uint32_t push(const Item& item) {
    if (size_ == blocks_.size() * block) blocks_.emplace_back();
    at(size_) = item;
    next(size_) = none;
    return static_cast<std::uint32_t>(size_++);
  }

  void grow(Shard& shard, const std::array<std::uint64_t, words>& exact) {
    std::vector<Slot> old(std::max(few, shard.slots.size() * 2));
    slots_ += old.size() - shard.slots.size();
    old.swap(shard.slots);
    for (const Slot& full : old) {
      if (full.generation != generation_) continue;
      std::size_t slot = hash_of(at(full.first), exact) & (shard.slots.size() - 1);
      while (shard.slots[slot].generation == generation_)
        slot = (slot + 1) & (shard.slots.size() - 1);
      shard.slots[slot] = full;
    }
  }

  std::vector<Block> blocks_;
  std::array<Shard, 64> shards_;
  std::size_t size_ = 0, frozen_ = 0;
  std::size_t slots_ = 0;  // of all shards
  std::uint32_t generation_ = 1;
};

}  // namespace tribunal
