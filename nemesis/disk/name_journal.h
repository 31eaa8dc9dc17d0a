// The names in a tree of folders, changed so that all changes since the last commit can be undone
// in reverse: what is removed or replaced waits in a folder aside. This is how ext4 and xfs keep
// names: in one journal, in the order of the calls, and an fsync of anything commits all before it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/cluster/descriptor.h"

namespace tribunal {

// A name in a folder of which a descriptor is held, so that it is found again whatever becomes of
// the folder's own name.
struct NamePlace {
  std::shared_ptr<const Descriptor> folder;
  std::uint64_t folder_id = 0;  // the caller's, given back by undo
  std::string name;
};

struct NameChange {
  enum class Kind : std::uint8_t { made, made_folder, removed, moved, exchanged };
  Kind kind = Kind::made;
  NamePlace place, to;  // `to`: of moved and exchanged
  std::string path;     // for people
  std::string aside;    // what was removed or replaced; empty: nothing was
  std::uint64_t aside_inode = 0;
  std::chrono::steady_clock::time_point when;
};

// For any thread. Functions that change names return 0 or errno.
class NameJournal {
 public:
  explicit NameJournal(Descriptor aside) : aside_(std::move(aside)) {}

  // `make` makes the entry and returns a descriptor, or 0, or -1 with errno; so does this.
  int make(NameChange change, const std::function<int()>& make);
  int remove(NamePlace place, const std::string& path);         // a file
  int remove_folder(NamePlace place, const std::string& path);  // an empty one
  // `flags` as for renameat2(2).
  int rename(const NamePlace& from, const NamePlace& to, const std::string& path, unsigned flags);

  // Nothing done before `until` can be undone any more; returns how many changes that were.
  std::size_t commit(
      std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max());
  std::vector<NameChange> undo();  // the changes that were undone, last first

  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  // How many names of this inode are only kept for undo.
  std::uint64_t links_aside(std::uint64_t inode) const;

 private:
  int put_aside(const NamePlace& place, NameChange& change);
  int replace(const NamePlace& from, const NamePlace& to, NameChange& change);
  void push(NameChange change);
  void undo(const NameChange& change);

  const Descriptor aside_;
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;           // guarded by mutex_
  std::vector<NameChange> changes_;  // guarded by mutex_
  std::atomic<std::size_t> size_ = 0;
};

}  // namespace tribunal
