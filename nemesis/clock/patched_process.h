// A process whose clocks can be moved while it runs: its private copy of the vDSO is patched, so
// that it reads its clocks through our hook. The machine's own clock, other processes and the file
// that the program came from are not touched. Children inherit the patch with the motion of that
// moment; an exec loses it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "nemesis/clock/clock_motion.h"
#include "nemesis/clock/process_memory.h"
#include "nemesis/clock/vdso_image.h"

namespace tribunal {

class StoppedThreads;

enum class Restored {
  wholly,       // the vDSO is as the kernel made it, byte by byte
  entries_only  // nothing enters the hook any more, but a thread may still be on its way out of it
};

// Used by one thread at a time. Every function throws std::runtime_error, naming the process, when
// it has gone or does not let itself be changed; it is never left stopped or half changed.
class PatchedProcess {
 public:
  // Looks at the process and finds the patch of an earlier one of these, if there is one.
  explicit PatchedProcess(pid_t process);

  pid_t id() const { return process_; }
  // Whether it still runs the program that it ran then; cheap.
  bool same_program() const;
  bool patched() const { return block_.has_value(); }

  // Stops its threads for about a millisecond and makes it read its clocks through the hook, which
  // changes nothing yet. Does nothing where that is already so.
  void patch(std::chrono::milliseconds deadline);
  // Moves its clocks from now on, at once for all of its threads, without stopping them.
  void move(const HookRecord& record);
  HookRecord record() const;

  // How often it has read a wall clock and a monotonic one through the hook, its parents before the
  // fork included; nothing while it does not count: it has not read a clock yet, or its kernel
  // keeps the page read-only.
  struct Calls {
    std::uint64_t wall = 0, monotonic = 0;
  };
  std::optional<Calls> calls() const;

  // What its clocks say, found by running its own patched code, in a copy, in this process.
  ClockTimes read_clocks() const;

  // Puts back the original bytes.
  Restored restore(std::chrono::milliseconds deadline);
  // Whether its vDSO is, byte by byte, the one that the kernel gave this very program.
  bool pristine() const;

 private:
  std::vector<std::uint8_t> current_image() const;
  std::vector<std::uint8_t> make_block() const;
  void write_patch(const StoppedThreads& stopped, const std::vector<std::uint8_t>& block);
  bool wipe(const StoppedThreads& stopped);
  void write(const StoppedThreads* stopped, std::uint64_t at, const void* bytes,
             std::size_t length) const;
  void write_data(std::size_t at, const void* bytes, std::size_t length) const;
  HookData data() const;
  std::uint32_t jump_at(std::string_view function) const;

  pid_t process_;
  ProcessMemory memory_;
  VdsoPlace place_;
  std::optional<std::uint32_t> block_;  // where the hook lies in the image
};

}  // namespace tribunal
