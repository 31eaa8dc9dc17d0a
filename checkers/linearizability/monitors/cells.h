// Numbers the stretches of time between the moments that matter, so that arrays can be laid over
// them.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "checkers/linearizability/monitors/contents.h"

namespace tribunal {

// A bit an event where borders are dense, else a sorted list. Cell 0 lies before the first border.
class Cells {
 public:
  // `end`: the last event that may be a border; `borders`: how many there will be, at most.
  Cells(Event end, std::size_t borders) : dense_(end / 64 < 4 * borders + 1024) {
    if (dense_) {
      words_.assign(end / 64 + 1, 0);
    } else {
      sorted_.reserve(borders);
    }
  }

  void add_border(Event event) {
    if (dense_) {
      words_[event / 64] |= std::uint64_t{1} << event % 64;
    } else {
      sorted_.push_back(event);
    }
  }

  // Once, after the last border.
  void number() {
    if (!dense_) {
      std::sort(sorted_.begin(), sorted_.end());
      sorted_.erase(std::unique(sorted_.begin(), sorted_.end()), sorted_.end());
      borders_ = static_cast<std::uint32_t>(sorted_.size());
      return;
    }
    before_word_.reserve(words_.size());
    for (const std::uint64_t word : words_) {
      before_word_.push_back(borders_);
      borders_ += static_cast<std::uint32_t>(std::popcount(word));
    }
  }

  std::uint32_t size() const { return borders_ + 1; }

  // The cell that ends at the event, or that it lies in.
  std::uint32_t before(Event event) const {
    if (!dense_) {
      return static_cast<std::uint32_t>(std::lower_bound(sorted_.begin(), sorted_.end(), event) -
                                        sorted_.begin());
    }
    if (event / 64 >= words_.size()) return borders_;
    const std::uint64_t below = (std::uint64_t{1} << event % 64) - 1;
    return before_word_[event / 64] +
           static_cast<std::uint32_t>(std::popcount(words_[event / 64] & below));
  }

  // The cell that begins at the event, or that it lies in.
  std::uint32_t after(Event event) const {
    return event == Operation::never ? borders_ : before(event + 1);
  }

 private:
  bool dense_;
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> before_word_, sorted_;
  std::uint32_t borders_ = 0;
};

}  // namespace tribunal
