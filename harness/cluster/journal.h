// What a run makes where the kernel does not clean up after it is written down before it is made.
// So it can be undone also when the run dies, by anybody: `tribunal recover`.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/leftover.h"

namespace tribunal {

// Where journals are: $TRIBUNAL_STATE, or /var/lib/tribunal for root, or $XDG_STATE_HOME/tribunal,
// or ~/.local/state/tribunal; the same inside a cell as outside.
std::filesystem::path journal_folder();

// The journal of one run: a file that is there only while something of the run is. The run holds
// its lock, so whoever gets the lock knows that the run is dead, whatever became of its number. For
// any thread.
class Journal {
 public:
  explicit Journal(std::filesystem::path folder) : folder_(std::move(folder)) {}
  ~Journal();  // undoes what was not; what cannot be undone stays written down
  Journal(const Journal&) = delete;

  // To be called before it is made; when this returns it will survive a power cut. Throws
  // Error(environment) when it cannot be written down, and then it must not be made.
  void write_down(const Leftover& leftover);

  // Undoes it and strikes it out. Safe twice over. Throws std::runtime_error with why it cannot be
  // undone; it stays written down then.
  void undo(const Leftover& leftover);

 private:
  void open();
  void append(const std::string& line);
  void close_if_empty();

  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::filesystem::path path_;        // guarded by mutex_
  Descriptor file_;                   // guarded by mutex_
  std::map<int, Leftover> standing_;  // not undone yet, by number; guarded by mutex_
  int last_ = 0;                      // guarded by mutex_
};

// What became of one leftover of a dead run, or of one journal.
struct Recovery {
  enum class Outcome { undone, was_gone, failed, still_runs };
  Outcome outcome = Outcome::undone;
  std::string text;  // "cgroup /sys/fs/cgroup/cpu/tribunal-8a1f-n1"; for people
};

// Undoes what dead runs left, newest first; leaves alone what belongs to a run that lives. Anybody
// may call it at any time, beside runs and beside another recovery. A journal goes when all in it
// is undone. Throws Error(environment) when the folder cannot be read.
std::vector<Recovery> recover(const std::filesystem::path& folder);

}  // namespace tribunal
