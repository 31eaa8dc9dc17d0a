// A disk that can lose, refuse, delay and spoil what is written to it: a folder of the machine as
// its files' home, the rules of faults, and what has not been synced. It does not know how calls
// reach it (fuse_calls.h).
//
// What survives a power cut: of a file's bytes, those that were there at its last fsync, fdatasync
// or write through O_SYNC or O_DSYNC; of names, every change before the last fsync of anything, or
// older than five seconds, as on ext4 and xfs. Owners, modes and times are durable at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <utility>
#include <vector>

#include "nemesis/disk/disk_rules.h"
#include "nemesis/disk/inodes.h"
#include "nemesis/disk/name_journal.h"

namespace tribunal {

// What has to be told to the kernel, since it keeps copies.
struct Stale {
  std::vector<std::uint64_t> inodes;
  std::vector<std::pair<std::uint64_t, std::string>> names;  // in which folder
};

struct CutLoss {
  std::uint64_t bytes = 0;
  std::vector<std::pair<std::string, std::uint64_t>> files;  // by path, those that lost bytes
  std::vector<std::string> names;  // "made member/wal/0.tmp": the changes undone
};

struct DamageOrder {
  enum class Kind : std::uint8_t { flip, copy, truncate, restore } kind = Kind::flip;
  std::vector<std::string> paths;  // as in DiskRule
  ChunkChoice chunks;
  double bit_probability = 1e-4;
  std::uint64_t drop = 0;  // bytes, for truncate
  std::string snapshot;    // by name, for restore
  std::uint64_t seed = 0;
};

struct DamageDone {
  std::uint64_t files = 0, bytes = 0;  // other than they were, or missing
  std::uint64_t probe_bytes = 0;       // the same of the harness's own files
};

class Disk {
 public:
  // The name in the top folder under which the harness's own files are found; no list shows it.
  static constexpr const char* own_name = ".tribunal-disk";
  static constexpr std::chrono::seconds commit_interval{5};  // of names, as ext4 has it

  // `home`: the folder that keeps the files, by any descriptor of it. `memory`: how many bytes may
  // be kept for undoing; beyond it the file that is longest unsynced counts as synced.
  Disk(const Descriptor& home, std::uint64_t memory);

  Inodes inodes;
  NameJournal names;
  DiskRules rules;
  // Calls hold it shared; what turns the disk over holds it alone.
  std::shared_mutex world;

  InodePointer own_folder();  // of the harness, behind own_name; counts as looked up
  int content(Inode& inode);  // pre: inode.mutex is held; a descriptor, or -1 with errno

  // Around changes of a file's bytes; pre: inode->mutex is held.
  void before_write(const InodePointer& inode, std::uint64_t offset, std::uint64_t length);
  void before_resize(const InodePointer& inode, std::uint64_t size);
  void sync(Inode& inode);
  // Without any inode's mutex: names survive that were changed before, and memory is kept to.
  using Clock = std::chrono::steady_clock;
  void commit_names(Clock::time_point before = Clock::time_point::max());
  void settle();

  // What turns the disk over; each waits for all calls to end first, and says what went stale.
  CutLoss cut(std::uint64_t torn_sector, std::uint64_t seed, Stale& stale);
  DamageDone damage(const DamageOrder& order, Stale& stale);
  DamageDone repair(Stale& stale);
  std::uint64_t snapshot(const std::string& name);  // returns the bytes copied
  // Returns how many files are other now. Throws std::system_error(EBUSY) when files stay open,
  // since their owners would write on.
  std::uint64_t roll_back(const std::string& name, Stale& stale);
  Stale everything() const;

  std::uint64_t written_through() const { return written_through_; }  // files, for want of memory
  std::uint64_t held() const { return held_; }                        // bytes of memory
  std::atomic<std::uint64_t> damaged_reads = 0;  // of damaged bytes, and opens of shortened files

 private:
  std::string open_file() const;  // the path of one; empty: none is open
  void touched(const InodePointer& inode, bool was_clean, std::uint64_t took);
  std::uint64_t cut_file(Inode& inode, std::uint64_t torn_sector, Random& chance);
  struct DamageWork;
  void damage_file(DamageWork& work, const std::string& path, Inode& inode);

  // The folder that keeps the harness's own files of a snapshot.
  static std::string probes_of(const std::string& snapshot) { return snapshot + ".own"; }

  const std::uint64_t memory_;
  const Descriptor top_, aside_, probes_, snapshots_;
  Unsynced unsynced_;
  std::atomic<std::uint64_t> held_ = 0, written_through_ = 0;
};

}  // namespace tribunal
