// How many stretches cover each cell: stretches go away one by one, and cells that nothing covers
// any more are found, each once. A tree of minima in two flat arrays; O(log n) a step.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

namespace tribunal {

class CoverCounts {
 public:
  static constexpr std::uint32_t none = UINT32_MAX;

  explicit CoverCounts(const std::vector<std::int32_t>& counts)
      : leaves_(std::bit_ceil(std::max<std::size_t>(counts.size(), 2))),
        least_(2 * leaves_, gone),
        added_(leaves_, 0) {
    std::copy(counts.begin(), counts.end(), least_.begin() + static_cast<std::ptrdiff_t>(leaves_));
    for (std::size_t node = leaves_; node-- > 1;) pull(node);
  }

  // A cell that nothing covers, which is then out of the game; none: there is none.
  std::uint32_t take_bare() {
    if (least_[1] > 0) return none;
    std::size_t node = 1;
    std::int32_t wanted = least_[1];
    while (node < leaves_) {
      wanted -= added_[node];
      node = 2 * node + (least_[2 * node] == wanted ? 0 : 1);
    }
    least_[node] = gone;
    const auto cell = static_cast<std::uint32_t>(node - leaves_);
    while (node >>= 1) pull(node);
    return cell;
  }

  // One stretch less covers the cells from `first` to `last`.
  void uncover(std::uint32_t first, std::uint32_t last) {
    std::size_t low = first + leaves_, high = last + leaves_ + 1;
    for (; low < high; low >>= 1, high >>= 1) {
      if ((low & 1) != 0) subtract(low++);
      if ((high & 1) != 0) subtract(--high);
    }
    for (std::size_t node = (first + leaves_) >> 1; node > 0; node >>= 1) pull(node);
    for (std::size_t node = (last + leaves_) >> 1; node > 0; node >>= 1) pull(node);
  }

 private:
  static constexpr std::int32_t gone = 1 << 30;  // more than can be taken away

  void subtract(std::size_t node) {
    --least_[node];
    if (node < leaves_) --added_[node];
  }
  void pull(std::size_t node) {
    least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + added_[node];
  }

  std::size_t leaves_;
  std::vector<std::int32_t> least_, added_;  // added_: to all below a node
};

}  // namespace tribunal
