// The clocks of all processes of the database on one host, those that begin later included.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "nemesis/clock/database_processes.h"
#include "nemesis/clock/patched_process.h"

namespace tribunal {

struct HostMotion {
  ClockMotion wall, monotonic;
  // Whether the monotonic clock may be set back, now and by what follows; else it never steps back,
  // and where it got ahead it keeps its lead.
  bool monotonic_may_go_back = false;
  // Each so often all begins anew from the true time; 0: never. Nanoseconds.
  std::int64_t begins_anew = 0;
};

// What one process makes of its clocks. Nanoseconds.
struct ProcessClocks {
  pid_t process = 0;
  std::string command;
  std::int64_t wall_ahead = 0, monotonic_ahead = 0;    // of the true time
  std::int64_t wall_wanted = 0, monotonic_wanted = 0;  // what that ought to have been
  std::int64_t error = 0;  // the most by which one of all its clocks is not where it ought to be
  PatchedProcess::Calls calls;  // since it was first seen by this motion
};

// For any thread.
class HostClocks {
 public:
  HostClocks();
  ~HostClocks();  // leaves the clocks as they are

  // Moves the clocks of every process from now on, and of each that begins later within
  // milliseconds of its beginning. Throws std::runtime_error, having moved nothing, when a process
  // cannot be patched.
  void move(const HostMotion& motion);
  // The true time again, and the original bytes where nothing of the motion has to stay.
  struct Outcome {
    std::int64_t lead = 0;     // by which monotonic clocks stay ahead, ns; then they stay patched
    std::size_t restored = 0;  // processes whose vDSO is again as the kernel made it, byte by byte
    std::size_t left_alone =
        0;  // processes in which nothing enters the hook any more, but it stays
  };
  Outcome restore();

  // Every process of the database, whether a motion is in force or not.
  std::vector<ProcessClocks> read();
  // Of processes that began while a motion was in force: how many were given it, and what went
  // wrong.
  struct Newcomers {
    std::size_t taken = 0;
    std::string failure;
  };
  Newcomers newcomers() const;

 private:
  struct Held {
    PatchedProcess process;
    std::string command;
    PatchedProcess::Calls before;
  };
  bool take(pid_t process);
  void take_all();
  void forget_ended();
  void apply(Held& held);
  void apply_to_all();
  void begin(const ClockTimes& since);
  ProcessClocks read_one(const Held& held) const;
  void look_after();
  void keep(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::map<pid_t, Held> held_;  // guarded by mutex_, as all that follows
  HostMotion motion_;
  HookRecord record_{};  // what each process is given
  bool in_force_ = false;
  std::int64_t lead_ = 0;  // of monotonic clocks, from earlier motions
  std::chrono::steady_clock::time_point anew_at_{};
  Newcomers newcomers_;
  std::set<pid_t> strangers_;  // not of the database, or not running any more
  Beginnings beginnings_;
  std::chrono::steady_clock::time_point in_full_at_{};
  std::jthread keeper_;
};

}  // namespace tribunal
