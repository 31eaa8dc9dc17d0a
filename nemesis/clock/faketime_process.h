// A process that was started under libfaketime, read back: what it last made of its wall clock, as
// libfaketime keeps it in the memory of that very process.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "nemesis/clock/faketime_library.h"
#include "nemesis/clock/process_memory.h"

namespace tribunal {

// Whether the process has that library loaded before it, or is just about to have: it is to be
// told by what it was executed with, since for its first moments nothing is loaded yet.
bool begins_with_faketime(pid_t process, const std::string& library);

// Used by one thread at a time.
class FaketimeProcess {
 public:
  // Throws std::runtime_error when the process has gone.
  FaketimeProcess(pid_t process, FaketimeLibrary library);

  struct Reading {
    std::int64_t true_time = 0, said = 0;  // ns
    bool operator==(const Reading&) const = default;
  };
  // The last time that it read its wall clock; nothing: it has not yet, or it has gone.
  std::optional<Reading> last_reading();

  // How many different readings were given to count() since count_anew(): it has made at least as
  // many.
  void count(const Reading& reading);
  void count_anew() { readings_ = 0; }
  std::uint64_t readings() const { return readings_; }

 private:
  pid_t process_;
  FaketimeLibrary library_;
  ProcessMemory memory_;
  std::uint64_t base_ = 0;
  Reading counted_;
  std::uint64_t readings_ = 0;
};

}  // namespace tribunal
