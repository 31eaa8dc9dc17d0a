// The files and folders of a disk that its kernel knows of, by the numbers under which it knows
// them. A number is never given twice, so nothing that the kernel still says about a file can meet
// another one.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/cluster/descriptor.h"
#include "nemesis/disk/damage.h"
#include "nemesis/disk/unsynced_file.h"

namespace tribunal {

struct Inode {
  std::uint64_t id = 0;
  std::pair<dev_t, ino_t> key;
  std::shared_ptr<const Descriptor> place;  // O_PATH: which one it is, and no more
  bool probe = false;                       // of the harness's own files

  std::uint64_t lookups = 0;      // of the kernel; guarded by Inodes
  std::shared_ptr<Inode> parent;  // guarded by Inodes; null: the top
  std::string name;               // guarded by Inodes

  std::mutex mutex;    // guards what follows
  Descriptor content;  // while it is open, or not synced
  std::uint64_t opens = 0;
  UnsyncedFile unsynced;
  Damage damage;

  std::atomic<bool> listed = false;                // among the unsynced; set by Unsynced
  std::atomic<bool> damaged = false;               // some of its bytes are not its own
  std::list<std::shared_ptr<Inode>>::iterator at;  // guarded by Unsynced
};

using InodePointer = std::shared_ptr<Inode>;

// For any thread.
class Inodes {
 public:
  static constexpr std::uint64_t top_id = 1;
  explicit Inodes(Descriptor top);  // O_PATH

  InodePointer top() const { return top_; }
  InodePointer find(std::uint64_t id) const;  // throws std::system_error(ESTALE)
  // The inode behind `place`, known from now on (once more) as `name` in `parent`.
  InodePointer enter(Descriptor place, const struct stat& status, const InodePointer& parent,
                     const std::string& name);
  // What is unsynced or damaged stays known, whatever the kernel forgets, until tidy() finds it in
  // order.
  void forget(std::uint64_t id, std::uint64_t lookups);
  void tidy(Inode& inode);
  void moved(const InodePointer& from, const std::string& name, const InodePointer& to,
             const std::string& to_name);
  std::string path(const Inode& inode) const;  // from the top: "member/wal/0.wal"
  std::string path(const Inode& folder, const std::string& name) const;
  std::vector<InodePointer> all() const;
  // Every name that the kernel may keep: in which folder, and what.
  std::vector<std::pair<std::uint64_t, std::string>> names() const;

 private:
  InodePointer drop_idle(Inode& inode);  // pre: mutex_ is held; what to destroy without it
  std::string path_locked(const Inode& inode) const;

  const InodePointer top_;
  mutable std::shared_mutex mutex_;
  std::uint64_t last_ = top_id;                             // guarded by mutex_
  std::unordered_map<std::uint64_t, InodePointer> by_id_;   // guarded by mutex_
  std::map<std::pair<dev_t, ino_t>, InodePointer> by_key_;  // guarded by mutex_
};

// Files with unsynced bytes, the longest unsynced first.
class Unsynced {
 public:
  void add(const InodePointer& inode);
  void remove(Inode& inode);
  InodePointer oldest() const;  // null: none
  std::vector<InodePointer> all() const;

 private:
  mutable std::mutex mutex_;
  std::list<InodePointer> list_;  // guarded by mutex_
};

}  // namespace tribunal
