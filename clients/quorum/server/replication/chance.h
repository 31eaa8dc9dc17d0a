// How often a deliberate bug strikes.
#pragma once

#include <mutex>
#include <random>

namespace tribunal::quorum {

// For any thread.
class Chance {
 public:
  bool one_in(unsigned n) {
    const std::scoped_lock lock(mutex_);
    return random_() % n == 0;
  }

 private:
  std::mutex mutex_;
  std::mt19937 random_{std::random_device{}()};  // guarded by mutex_
};

}  // namespace tribunal::quorum
