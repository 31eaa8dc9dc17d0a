// What the workers are doing right now, per host and in all: written by them, read by faults and by
// the progress line.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>

namespace tribunal {

// Counts only ever grow, so two readings give what happened between them; `in_flight` is a level.
// Free of locks.
struct HostActivity {
  std::atomic<std::uint64_t> invoked{0}, ok{0}, failed{0}, unknown{0};
  std::atomic<std::int64_t> in_flight{0};
  // Calls that took at least 100 ms or more, ended or not yet ended counted when they end.
  std::atomic<std::uint64_t> stalled{0};
};

class Activity {
 public:
  explicit Activity(std::size_t hosts) : hosts_(hosts) {}
  HostActivity& host(std::size_t index) { return hosts_.at(index); }
  const HostActivity& host(std::size_t index) const { return hosts_.at(index); }
  std::size_t size() const { return hosts_.size(); }

 private:
  std::deque<HostActivity> hosts_;  // a deque, since atomics do not move
};

}  // namespace tribunal
