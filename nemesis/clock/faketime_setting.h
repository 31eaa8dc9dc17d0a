// What libfaketime is told on one host: one file, which every process that was started with our
// environment looks at, and a beginning from which all of them reckon.
// (What libfaketime 0.9.10 makes of the file and of its variables: its README and libfaketime.c.)
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "nemesis/clock/faketime_library.h"
#include "nemesis/clock/hook_data.h"

namespace tribunal {

// How often a process looks at the file. At each reading costs it some microseconds a reading, and
// is for motions that change by themselves all the time.
enum class FaketimeLook { each_second, each_reading };

// The line of the file by which a wall clock moves so from the true time `now` on, until its next
// alternation; for processes that reckon from `begun`. Nanoseconds.
std::string faketime_text(const SlotMotion& motion, std::int64_t now, std::int64_t begun);

// Used by one thread at a time. Functions throw std::runtime_error where memory to share or the
// file cannot be made.
class FaketimeSetting {
 public:
  explicit FaketimeSetting(FaketimeLibrary library);

  const FaketimeLibrary& library() const { return library_; }
  void look(FaketimeLook look);  // of what is started from now on; the more often stays
  // For one more start of the database.
  std::map<std::string, std::string> environment();

  // Why libfaketime cannot move a clock so; empty: it can.
  std::string hindrance(const SlotMotion& wall) const;
  // Moves all of them from now on; where there is a hindrance, to the true time.
  void move(const SlotMotion& wall);
  // To be called often: writes the file again where an alternation is due.
  void follow();

  // Whether what a process read at that true time must have been by the present motion.
  bool told_by(std::int64_t true_time) const;
  // What it then ought to have read; of two alternating times the one nearer to `said`.
  std::int64_t wanted(std::int64_t true_time, std::int64_t said) const;

 private:
  void write(const std::string& text);

  const FaketimeLibrary library_;
  const std::int64_t begun_;
  FaketimeLook look_ = FaketimeLook::each_second;
  int starts_ = 0;
  SlotMotion motion_;
  std::string text_;
  std::int64_t written_at_ = 0;
};

}  // namespace tribunal
