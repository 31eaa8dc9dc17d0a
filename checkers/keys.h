// A history by key: linearizability is local, so each key is judged apart.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

// Twelve bytes an operation while it is made, four afterwards.
struct Keys {
  std::vector<Value> keys;            // in order of first appearance
  std::vector<std::uint32_t> starts;  // keys.size() + 1 places in `operations`
  std::vector<std::uint32_t>
      operations;  // places in History::operations, by key, each key's in order of invocation

  std::size_t size() const { return keys.size(); }
  std::span<const std::uint32_t> of(std::size_t key) const {
    return std::span(operations).subspan(starts[key], starts[key + 1] - starts[key]);
  }
  std::size_t bytes() const {
    return keys.capacity() * sizeof(Value) + (starts.capacity() + operations.capacity()) * 4;
  }
  std::vector<std::uint32_t> widest_first() const;  // places in `keys`, most operations first
};

inline constexpr std::size_t bytes_an_operation_while_sorted = 12;

Keys by_key(const History& history);
// Returns whether the watch let it come to its end.
bool by_key(const History& history, Watch& watch, Keys& keys);

}  // namespace tribunal
