// Finds processes for which moving a clock by the vDSO would lie about more than the time: those
// that sleep until an absolute moment. The kernel compares that moment with the machine's own
// clock, so with a moved clock they would sleep too long or not at all, which no real clock does to
// them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace tribunal {

enum class WaitClock { wall, monotonic };

struct AbsoluteWait {
  pid_t process = 0;
  std::string command, thread;  // their short names
  WaitClock clock = WaitClock::wall;
  std::string remedy = {};  // what would let that clock be moved nevertheless
};

// The system call in which a thread waits, as /proc/PID/task/TID/syscall tells it, taken apart:
// nothing if it is not a wait until an absolute moment.
std::optional<WaitClock> absolute_wait_in(const std::string& system_call);

// Why a process that waits so for the wall clock is not moved by libfaketime, and what would help.
std::string wall_wait_remedy(pid_t process);

// Those threads of a process that are in such a wait now. Left out is who only tidies up memory at
// such moments (jemalloc), so that nothing depends on when.
std::vector<AbsoluteWait> absolute_waits(pid_t process);

}  // namespace tribunal
