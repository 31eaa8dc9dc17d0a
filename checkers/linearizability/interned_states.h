// The states of a model that a search has met, each with a number. Several threads may number
// states at once: a state keeps its place, and is found under a lock that few others want.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "checkers/linearizability/state_space.h"
#include "checkers/linearizability/steady_array.h"

namespace tribunal {

template <class Model>
class InternedStates {
 public:
  using State = typename Model::State;

  std::uint32_t number(const State& state) {
    const std::uint64_t hash = mixed(Model::hash(state), 1);
    Shard& shard = shards_[hash >> 58];
    const auto lock = locked(shard.mutex);
    if (shard.used * 2 >= shard.slots.size()) grow(shard);
    std::size_t slot = hash & (shard.slots.size() - 1);
    for (; shard.slots[slot] != 0; slot = (slot + 1) & (shard.slots.size() - 1)) {
      if (states_[shard.slots[slot] - 1] == state) return shard.slots[slot] - 1;
    }
    State copy = state;
    shard.bytes += Model::bytes(copy);
    const auto number = static_cast<std::uint32_t>(states_.append(std::move(copy)));
    shard.slots[slot] = number + 1;
    ++shard.used;
    return number;
  }
  const State& operator[](std::uint32_t number) const { return states_[number]; }

  // For one thread, while nobody else asks: forgets all states but these, which get the numbers
  // from 0 on.
  void keep(const std::vector<std::uint32_t>& numbers) {
    std::vector<State> kept;
    for (const std::uint32_t one : numbers) kept.push_back(std::move(states_[one]));
    states_.clear();
    for (Shard& shard : shards_) {
      shard.slots = {};
      shard.used = shard.bytes = 0;
    }
    for (const State& state : kept) number(state);
  }

  std::size_t size() const { return states_.size(); }
  std::size_t bytes() const {
    std::size_t sum = states_.bytes();
    for (const Shard& shard : shards_) sum += shard.bytes.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t few = 8;
  struct Shard {
    std::mutex mutex;
    std::vector<std::uint32_t> slots;  // number + 1; guarded by mutex, as is what follows
    std::size_t used = 0;
    std::atomic<std::size_t> bytes{0};  // of the slots, and inside of states
  };

  // Held for less time than it takes to sleep.
  static std::unique_lock<std::mutex> locked(std::mutex& mutex) {
    std::unique_lock lock(mutex, std::try_to_lock);
    for (int tries = 0; tries < 1000 && !lock; ++tries) (void)lock.try_lock();
    if (!lock) lock.lock();
    return lock;
  }

  void grow(Shard& shard) {
    std::vector<std::uint32_t> slots(std::max(few, shard.slots.size() * 2), 0);
    for (const std::uint32_t full : shard.slots) {
      if (full == 0) continue;
      std::size_t slot = mixed(Model::hash(states_[full - 1]), 1) & (slots.size() - 1);
      while (slots[slot] != 0) slot = (slot + 1) & (slots.size() - 1);
      slots[slot] = full;
    }
    shard.bytes += (slots.size() - shard.slots.size()) * sizeof(std::uint32_t);
    shard.slots.swap(slots);
  }

  std::array<Shard, 64> shards_;
  SteadyArray<State> states_;
};

}  // namespace tribunal
