// A control group of this machine: the kernel's limit on what some processes may have. The kernel
// does not remove one when its maker dies, so it stands in the journal.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/cluster/journal.h"

namespace tribunal {

// Where a group with a controller may be made.
struct GroupPlace {
  int version = 1;               // of the kernel's two interfaces
  std::filesystem::path parent;  // the group above it
  std::filesystem::path home;    // the group to which our processes belong otherwise
};

// `controller`: "cpu" or "memory"; `mounts` and `groups`: as /proc/self/mountinfo and
// /proc/self/cgroup are. Throws Error(environment) with why there is none, and the fix.
GroupPlace find_group_place(const std::string& controller, const std::string& mounts,
                            const std::string& groups);
GroupPlace find_group_place(const std::string& controller);  // on this machine

class ControlGroup {
 public:
  // Makes it. `name` is unique by the process that makes it.
  ControlGroup(Journal& journal, GroupPlace place, const std::string& name);
  ~ControlGroup();

  int version() const { return place_.version; }
  const std::filesystem::path& folder() const { return folder_; }

  // Each throws Error(environment) with what the kernel answered.
  void set(const std::string& file, const std::string& value);
  void take(
      const std::vector<int>& processes);  // those that it has not; ended ones are passed over
  std::size_t size() const;                // processes in it
  // A number in a file: the line that begins with `key`, or all of it where that is empty. 0: none.
  std::int64_t number(const std::string& file, const std::string& key = {}) const;

  // Sends its processes home and removes it. Safe twice over.
  void close();
  bool exists() const { return std::filesystem::exists(folder_); }

 private:
  Journal& journal_;
  const GroupPlace place_;
  const std::filesystem::path folder_;
};

}  // namespace tribunal
