// The clocks of one process of the database, each moved in the way that is the process's own: all
// by its vDSO, or the wall clock by libfaketime where it was started under that.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "nemesis/clock/clock_way.h"
#include "nemesis/clock/faketime_process.h"
#include "nemesis/clock/faketime_setting.h"
#include "nemesis/clock/patched_process.h"

namespace tribunal {

// What one process makes of its clocks. Nanoseconds.
struct ProcessClocks {
  pid_t process = 0;
  std::string command;
  ClockWay way = ClockWay::vdso;  // of its wall clock
  // Whether what follows is by the motion in force: a process under libfaketime may not have read
  // its wall clock since that was begun.
  bool current = true;
  std::int64_t wall_ahead = 0, monotonic_ahead = 0;    // of the true time
  std::int64_t wall_wanted = 0, monotonic_wanted = 0;  // what that ought to have been
  std::int64_t error = 0;  // the most by which one of all its clocks is not where it ought to be
  // Since count_anew(); of those by libfaketime the ones that were seen, so at least as many.
  PatchedProcess::Calls calls;
};

// Used by one thread at a time. Functions throw std::runtime_error, naming the process, when it has
// gone or does not let itself be changed.
class MovedProcess {
 public:
  // `faketime`: what processes under libfaketime are told here; null: there are none. It must
  // outlive this.
  MovedProcess(pid_t process, const FaketimeSetting* faketime);

  pid_t id() const { return vdso_.id(); }
  const std::string& command() const { return command_; }
  bool same_program() const { return vdso_.same_program(); }  // cheap
  ClockWay way() const { return faketime_ ? ClockWay::faketime : ClockWay::vdso; }

  // Moves its clocks by the record, but for a wall clock that is libfaketime's.
  void apply(const HookRecord& record, std::chrono::milliseconds deadline);
  void count_anew();
  void look();  // counts a reading that it has made under libfaketime
  ProcessClocks read(const HookRecord& record);

  // Whether the vDSO is as the kernel made it, byte by byte.
  bool restore(std::chrono::milliseconds deadline);

 private:
  HookRecord own_part(const HookRecord& record) const;
  void read_wall_clock(ProcessClocks& clocks);

  PatchedProcess vdso_;
  std::optional<FaketimeProcess> faketime_;
  const FaketimeSetting* setting_;
  std::string command_;
  bool patched_ = false;  // by this one
  PatchedProcess::Calls before_;
};

}  // namespace tribunal
