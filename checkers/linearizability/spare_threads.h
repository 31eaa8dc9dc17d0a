// How many of a budget's threads have nothing to do, since fewer items are left than there are
// threads: a search of one of those may take them.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace tribunal {

class SpareThreads {
 public:
  SpareThreads(std::size_t threads, std::size_t items) : threads_(threads), unfinished_(items) {}

  void finish_item() { --unfinished_; }
  std::size_t now() const { return threads_ - std::min(threads_, unfinished_.load()); }
  std::size_t threads() const { return threads_; }

 private:
  std::size_t threads_;
  std::atomic<std::size_t> unfinished_;
};

}  // namespace tribunal
