// A process that reads its clocks when it is asked, and all the time in threads of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>

namespace tribunal {

struct VictimReading {
  std::int64_t wall = 0, monotonic = 0, since_boot = 0;  // clock_gettime, ns
  std::int64_t of_day = 0;                               // gettimeofday, us
  std::int64_t time = 0;                                 // time, s
};

// Displacements that its threads take for possible, in hours; all else they count.
inline constexpr std::int64_t possible_hours[] = {-3, -1, 0, 1, 3};

class ClockVictim {
 public:
  explicit ClockVictim(int threads = 0);  // forks; call it before any thread is begun
  ~ClockVictim();
  ClockVictim(const ClockVictim&) = delete;

  pid_t pid() const { return pid_; }
  VictimReading read();           // throws std::runtime_error when it does not answer within 10 s
  VictimReading fork_and_read();  // by a child of its own
  struct Seen {
    std::uint64_t readings = 0, impossible = 0;
  };
  Seen seen();  // by its threads so far

 private:
  void ask(char what, void* answer, std::size_t length);

  pid_t pid_ = -1;
  int socket_ = -1;
};

char state_of(pid_t process);  // as in /proc/PID/stat, of its first thread; '?' when it has gone
int tracer_of(pid_t process);  // 0: nobody

}  // namespace tribunal
