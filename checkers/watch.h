// Tells a loop when its budget is spent. Cheap enough to be asked at every step.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/parts/checker.h"

namespace tribunal {

// One lane's share of a budget; used by one thread. Once its time is spent, it stays so.
class Watch {
 public:
  Watch(const Budget& budget, std::size_t lanes) : budget_(budget), bytes_(budget.bytes / lanes) {}

  // Looks at the clock every 1,024th time.
  bool spent() { return spent_ || ((++asked_ & 1023) == 0 && look()); }

  // Looks now.
  bool look() {
    if (budget_.stop.stop_requested()) spend("it was stopped");
    if (std::chrono::steady_clock::now() >= budget_.deadline) spend("its time is spent");
    return spent_;
  }

  // Whether this lane may hold so many bytes beside those it holds. A refusal ends one piece of
  // work, not those that need less.
  bool affords(std::size_t bytes) {
    if (bytes + held_ > bytes_ && !spent_) why_ = "its memory is spent";
    return bytes + held_ <= bytes_;
  }
  // Forgets refusals: another piece of work begins.
  void start() {
    if (!spent_) why_ = {};
  }
  void hold(std::size_t bytes) { held_ = bytes; }  // from now on, all the while

  // Why it was last spent or refused; empty if neither.
  std::string_view why() const { return why_; }

 private:
  void spend(std::string_view why) {
    if (!spent_) why_ = why;
    spent_ = true;
  }

  const Budget& budget_;
  std::size_t bytes_, held_ = 0;
  std::uint32_t asked_ = 0;
  bool spent_ = false;
  std::string_view why_;
};

}  // namespace tribunal
