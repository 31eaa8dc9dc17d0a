#include "checkers/lanes.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace tribunal {

std::size_t lanes_for(unsigned wanted, std::size_t items) {
  const std::size_t threads =
      wanted != 0 ? wanted : std::max(1u, std::thread::hardware_concurrency());
  return std::max<std::size_t>(1, std::min(threads, items));
}

void in_lanes(std::size_t lanes, std::size_t items,
              const std::function<void(std::size_t, std::size_t)>& work) {
  if (lanes == 1) {
    for (std::size_t item = 0; item < items; ++item) work(0, item);
    return;
  }
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr thrown;  // guarded by mutex
  {
    std::vector<std::jthread> threads;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      threads.emplace_back([&, lane] {
        try {
          for (std::size_t item = next++; item < items; item = next++) work(lane, item);
        } catch (...) {
          const std::lock_guard lock(mutex);
          if (!thrown) thrown = std::current_exception();
          next = items;
        }
      });
    }
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace tribunal
