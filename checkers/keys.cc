#include "checkers/keys.h"

#include <algorithm>
#include <numeric>

#include "checkers/flat_index.h"

namespace tribunal {

Keys by_key(const History& history) {
  const Budget unlimited;
  Watch patient(unlimited, 1);
  Keys keys;
  by_key(history, patient, keys);
  return keys;
}

bool by_key(const History& history, Watch& watch, Keys& keys) {
  const std::size_t count = history.operations.size();
  FlatIndex index;
  index.reset(64);
  std::vector<std::uint32_t> key_of;  // empty as long as there is but one key
  std::vector<std::uint32_t> sizes;
  std::uint32_t last = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (watch.spent()) return false;
    const Value key = history.operations[i].key;
    if (i == 0 || key != index.value(last)) last = index.number(key);
    if (last == sizes.size()) sizes.push_back(0);
    ++sizes[last];
    if (last > 0 && key_of.empty()) key_of.resize(count);
    if (!key_of.empty()) key_of[i] = last;
  }
  keys.starts.resize(sizes.size() + 1, 0);
  std::partial_sum(sizes.begin(), sizes.end(), keys.starts.begin() + 1);
  for (std::uint32_t key = 0; key < sizes.size(); ++key) keys.keys.push_back(index.value(key));
  keys.operations.resize(count);
  if (key_of.empty()) {
    std::iota(keys.operations.begin(), keys.operations.end(), 0U);
    return true;
  }
  std::vector<std::uint32_t> next(keys.starts.begin(), keys.starts.end() - 1);
  for (std::size_t i = 0; i < count; ++i) {
    if (watch.spent()) return false;
    keys.operations[next[key_of[i]]++] = static_cast<std::uint32_t>(i);
  }
  return true;
}

std::vector<std::uint32_t> Keys::widest_first() const {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0u);
  std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return starts[a + 1] - starts[a] > starts[b + 1] - starts[b];
  });
  return order;
}

}  // namespace tribunal
