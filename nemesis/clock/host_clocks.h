// The clocks of all processes of the database on one host, those that begin later included.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "nemesis/clock/database_processes.h"
#include "nemesis/clock/moved_process.h"

namespace tribunal {

struct HostMotion {
  ClockMotion wall, monotonic;
  // Whether the monotonic clock may be set back, now and by what follows; else it never steps back,
  // and where it got ahead it keeps its lead.
  bool monotonic_may_go_back = false;
  // Each so often all begins anew from the true time; 0: never. Nanoseconds.
  std::int64_t begins_anew = 0;
};

// For any thread.
class HostClocks {
 public:
  HostClocks();
  ~HostClocks();  // leaves the clocks as they are

  // From now on libfaketime moves the wall clocks of those processes that have it, which are those
  // started with the environment that is then given for one start each.
  void use_faketime(const FaketimeLibrary& library, FaketimeLook look);
  std::map<std::string, std::string> faketime_environment();  // empty: it is not in use
  std::string faketime_path() const;                          // so too

  // Moves the clocks of every process from now on, and of each that begins later within
  // milliseconds of its beginning. Throws std::runtime_error, having moved nothing, when a process
  // cannot be patched.
  void move(const HostMotion& motion);
  // The true time again, and the original bytes where nothing of the motion has to stay.
  struct Outcome {
    std::int64_t lead = 0;     // by which monotonic clocks stay ahead, ns; then they stay patched
    std::size_t restored = 0;  // processes whose vDSO is again as the kernel made it, byte by byte
    // Processes in which nothing enters the hook any more, but it stays.
    std::size_t left_alone = 0;
    std::size_t told = 0;  // processes whose libfaketime was told the true time
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
  bool take(pid_t process);
  void take_all();
  void forget_ended();
  void apply_to_all();
  void begin(const ClockTimes& since);
  const FaketimeSetting* faketime() const { return faketime_ ? &*faketime_ : nullptr; }
  void refuse_what_faketime_cannot() const;
  void look_after();
  void keep(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<FaketimeSetting> faketime_;  // guarded by mutex_, as all that follows
  std::map<pid_t, MovedProcess> held_;
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
