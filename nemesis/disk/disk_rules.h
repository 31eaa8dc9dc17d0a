// Which calls on a disk go wrong, and how: the rules that faults lay upon it, apart from how a disk
// is made. What happened is counted, for the database and for the harness's own probes apart.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "harness/record/random.h"

namespace tribunal {

enum class DiskCall : std::uint8_t {
  look,
  list,
  read,
  open,
  write,
  fsync,
  create,
  remove,
  rename,
  truncate,
  attributes,
};
inline constexpr std::array<const char*, 11> disk_call_names{
    "look",   "list",   "read",   "open",     "write",     "fsync",
    "create", "remove", "rename", "truncate", "attributes"};

enum class DiskEffect : std::uint8_t {
  fail,       // with `error`
  full,       // ENOSPC where space is needed
  read_only,  // EROFS for whatever changes something
  slow,       // `delay`, and then as long as `bytes_per_second` asks for
  flip,       // one bit of a page that is read
};
inline constexpr std::array<const char*, 5> disk_effect_names{"fail", "full", "read-only", "slow",
                                                              "flip"};

// What space a call needs. A file system that copies on write needs some for overwriting, too.
enum class DiskSpace : std::uint8_t { none, overwrite, grow };

struct DiskRule {
  std::string name;
  DiskEffect effect = DiskEffect::fail;
  std::uint32_t calls = ~0U;            // bit i: DiskCall i; for fail and slow
  std::vector<std::string> paths = {};  // as fnmatch(3) has them, `*` meets slashes; empty: all
  double probability = 1;               // of each call; of each page read, for flip
  int error = 0;
  DiskSpace refused = DiskSpace::grow;  // for full: the least need that is refused
  std::chrono::microseconds delay{0};
  std::uint64_t bytes_per_second = 0;  // 0: no limit
  std::uint64_t seed = 0;
};

struct DiskRequest {
  DiskCall call = DiskCall::look;
  std::string_view path = {};  // from the top of the disk
  bool probe = false;          // the harness's own; met by every rule whatever its paths
  bool changes = false;
  DiskSpace space = DiskSpace::none;
  std::uint64_t bytes = 0;
};

struct DiskAnswer {
  int error = 0;
  std::chrono::microseconds wait{0};
  std::vector<std::uint64_t> flips;  // bits of what is read, from its beginning
};

struct DiskRuleCounts {
  std::array<std::uint64_t, disk_call_names.size()> calls{};  // met, by DiskCall
  std::uint64_t bits = 0;                                     // flipped
  std::chrono::microseconds waited{0};
};

// For any thread.
class DiskRules {
 public:
  bool any() const { return any_.load(std::memory_order_relaxed); }
  bool full() const;        // whether a rule says so
  void add(DiskRule rule);  // replaces the one of that name
  void remove(const std::string& name);

  // What becomes of a call; `now` since whenever.
  DiskAnswer decide(const DiskRequest& request, std::chrono::microseconds now);

  // What the rule has done so far, since it was added; zeros for a name that never was.
  enum class Whose : std::uint8_t { database, probe };
  DiskRuleCounts counts(const std::string& name, Whose whose) const;

 private:
  struct Entry {
    DiskRule rule;
    Random chance;
    bool in_force = true;
    std::chrono::microseconds busy_until{0};
    std::array<DiskRuleCounts, 2> counts{};
  };
  static void apply(Entry& entry, const DiskRequest& request, std::chrono::microseconds now,
                    DiskAnswer& answer);

  std::atomic<bool> any_ = false;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;  // guarded by mutex_
};

}  // namespace tribunal
