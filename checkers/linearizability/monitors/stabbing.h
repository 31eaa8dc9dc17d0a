// Stretches by the cells they touch; those that touch a given cell are taken out, each once. A tree
// of maxima over the stretches in order of their first cells; O(log n) a stretch.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace tribunal {

struct StabbedStretch {
  std::uint32_t first, last;  // cells, both included
  std::uint32_t owner;
};

class Stabbing {
 public:
  // `stretches`: ordered by `first`.
  explicit Stabbing(std::vector<StabbedStretch> stretches)
      : stretches_(std::move(stretches)),
        leaves_(std::bit_ceil(stretches_.size() + 2)),  // one is left empty, for the climb
        last_(2 * leaves_, 0) {
    for (std::size_t i = 0; i < stretches_.size(); ++i) last_[leaves_ + i] = stretches_[i].last + 1;
    for (std::size_t node = leaves_; node-- > 1;)
      last_[node] = std::max(last_[2 * node], last_[2 * node + 1]);
  }

  // Calls `found(owner)` for every stretch that touches the cell, and takes it out.
  template <class Found>
  void take(std::uint32_t cell, Found found) {
    const auto after = std::partition_point(
        stretches_.begin(), stretches_.end(),
        [cell](const StabbedStretch& stretch) { return stretch.first <= cell; });
    const auto count = static_cast<std::size_t>(after - stretches_.begin());
    for (std::size_t i = last_before(count, cell); i < count; i = last_before(i, cell)) {
      clear(i);
      found(stretches_[i].owner);
    }
  }

 private:
  // The last of the first `count` stretches that reaches the cell; SIZE_MAX: none.
  std::size_t last_before(std::size_t count, std::uint32_t cell) const {
    // Climb from the right end until something to the left reaches, then descend.
    for (std::size_t node = leaves_ + count; node > 1; node >>= 1) {
      if ((node & 1) == 0 || last_[node - 1] <= cell) continue;
      std::size_t found = node - 1;
      while (found < leaves_) found = 2 * found + (last_[2 * found + 1] > cell ? 1 : 0);
      return found - leaves_;
    }
    return SIZE_MAX;
  }

  void clear(std::size_t i) {
    std::size_t node = leaves_ + i;
    last_[node] = 0;
    while (node >>= 1) {
      const std::uint32_t most = std::max(last_[2 * node], last_[2 * node + 1]);
      if (last_[node] == most) break;
      last_[node] = most;
    }
  }

  std::vector<StabbedStretch> stretches_;
  std::size_t leaves_;
  std::vector<std::uint32_t> last_;  // one more than the last cell; 0: taken out
};

}  // namespace tribunal
