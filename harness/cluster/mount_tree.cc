#include "harness/cluster/mount_tree.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>

#include "harness/cluster/failed_step.h"

namespace tribunal {

Descriptor detached_copy(const std::string& folder) {
  Descriptor copy(static_cast<int>(
      must(::syscall(SYS_open_tree, AT_FDCWD, folder.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
           "take hold of the data folder")));
  mount_attr writable{};
  writable.attr_clr = MOUNT_ATTR_RDONLY;
  must(::syscall(SYS_mount_setattr, copy.number(), "", AT_EMPTY_PATH, &writable, sizeof writable),
       "make the data folder of a host writable");
  return copy;
}

void attach(const Descriptor& tree, const std::string& folder) {
  must(::syscall(SYS_move_mount, tree.number(), "", AT_FDCWD, folder.c_str(),
                 MOVE_MOUNT_F_EMPTY_PATH),
       "mount the data folder");
}

bool make_all_read_only() {
  mount_attr read_only{};
  read_only.attr_set = MOUNT_ATTR_RDONLY;
  return ::syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &read_only, sizeof read_only) ==
         0;
}

}  // namespace tribunal
