// Where stamps come from: a logical clock that is ahead of all it has seen, or the node's wall
// clock, which some databases trust.
#pragma once

#include <algorithm>

#include "clients/quorum/server/settings.h"

namespace tribunal::quorum {

// Not for several threads at once.
class StampClock {
 public:
  StampClock(const Settings& settings, Origin self)
      : source_(settings.stamps), skew_(settings.skew), self_(self) {}

  // Larger than any given before; a logical one also than any witnessed.
  Stamp next() {
    const std::uint64_t wish = source_ == StampSource::logical ? witnessed_ + 1 : wall();
    last_ = std::max(wish, last_ + 1);
    return {last_, self_};
  }
  // The largest given or witnessed.
  std::uint64_t now() const { return std::max(witnessed_, last_); }
  void witness(Stamp stamp) { witnessed_ = std::max({witnessed_, last_, stamp.counter}); }

 private:
  std::uint64_t wall() const {
    const auto now = std::chrono::system_clock::now().time_since_epoch() + skew_;
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  }

  const StampSource source_;
  const std::chrono::microseconds skew_;
  const Origin self_;
  std::uint64_t witnessed_ = 0, last_ = 0;
};

}  // namespace tribunal::quorum
