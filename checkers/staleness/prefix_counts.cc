#include "checkers/staleness/prefix_counts.h"

#include <algorithm>
#include <bit>

namespace tribunal {

void PrefixCounts::build(std::span<const std::uint32_t> numbers) {
  size_ = numbers.size();
  sorted_.assign(numbers.begin(), numbers.end());
  std::sort(sorted_.begin(), sorted_.end());
  ranks_.resize(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    ranks_[i] = static_cast<std::uint32_t>(
        std::lower_bound(sorted_.begin(), sorted_.end(), numbers[i]) - sorted_.begin());
  }
  levels_ = static_cast<unsigned>(std::bit_width(size_));
  zeros_.assign(levels_ * (size_ + 1), 0);
  next_.resize(size_);
  for (unsigned level = 0; level < levels_; ++level) {
    const unsigned bit = levels_ - 1 - level;
    std::uint32_t* zeros = zeros_.data() + level * (size_ + 1);
    for (std::size_t i = 0; i < size_; ++i)
      zeros[i + 1] = zeros[i] + ((ranks_[i] >> bit & 1) == 0 ? 1 : 0);
    for (std::size_t i = 0; i < size_; ++i) {
      const bool one = (ranks_[i] >> bit & 1) != 0;
      next_[one ? zeros[size_] + i - zeros[i] : zeros[i]] = ranks_[i];
    }
    ranks_.swap(next_);
  }
}

std::uint32_t PrefixCounts::above(std::uint32_t n, std::uint32_t x) const {
  // Those of rank `least` and more are above x.
  const auto least = static_cast<std::uint32_t>(
      std::upper_bound(sorted_.begin(), sorted_.end(), x) - sorted_.begin());
  if (least == size_) return 0;
  if (least == 0) return n;
  std::uint32_t from = 0, to = n, count = 0;
  for (unsigned level = 0; level < levels_; ++level) {
    const std::uint32_t* zeros = zeros_.data() + level * (size_ + 1);
    const bool one = (least >> (levels_ - 1 - level) & 1) != 0;
    if (one) {
      from = zeros[size_] + from - zeros[from];
      to = zeros[size_] + to - zeros[to];
    } else {
      count += (to - from) - (zeros[to] - zeros[from]);
      from = zeros[from];
      to = zeros[to];
    }
  }
  return count + (to - from);
}

}  // namespace tribunal
