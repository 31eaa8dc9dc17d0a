// A set of cells from which some are taken for good, and which finds the next one left: union-find
// with path halving.
#pragma once

#include <cstdint>
#include <numeric>
#include <vector>

namespace tribunal {

class ShrinkingCells {
 public:
  explicit ShrinkingCells(std::uint32_t size) { reset(size); }

  void reset(std::uint32_t size) {
    next_.resize(size + 1);
    std::iota(next_.begin(), next_.end(), 0u);
  }

  // The first cell left at or after `cell`; the number of cells if there is none.
  std::uint32_t find(std::uint32_t cell) {
    while (next_[cell] != cell) {
      next_[cell] = next_[next_[cell]];
      cell = next_[cell];
    }
    return cell;
  }

  bool is_left(std::uint32_t cell) const { return next_[cell] == cell; }

  void take(std::uint32_t cell) { next_[cell] = cell + 1; }  // pre: it is left

  void take(std::uint32_t first, std::uint32_t last) {
    for (std::uint32_t cell = find(first); cell <= last; cell = find(cell)) take(cell);
  }

 private:
  std::vector<std::uint32_t> next_;
};

}  // namespace tribunal
