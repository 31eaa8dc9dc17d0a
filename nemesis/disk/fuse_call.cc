#include "nemesis/disk/fuse_call.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>
#include <thread>

namespace tribunal {
namespace {

constexpr std::chrono::milliseconds wait_slice{
    20};  // how long a healed fault may still be waited for

// False: the caller was killed.
bool pass_time(fuse_req_t request, const DiskRules& rules, std::chrono::microseconds wait) {
  const auto until = std::chrono::steady_clock::now() + wait;
  while (rules.any()) {
    const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
        until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return true;
    std::this_thread::sleep_for(std::min<std::chrono::microseconds>(left, wait_slice));
    if (fuse_req_interrupted(request)) return false;
  }
  return true;
}

}  // namespace

void fail(int error) { throw std::system_error(error, std::generic_category()); }

DiskAnswer admit(fuse_req_t request, DiskRequest call, const Inode& inode, const char* name) {
  Disk& disk = disk_of(request);
  if (!disk.rules.any()) return {};
  const std::string path = name ? disk.inodes.path(inode, name) : disk.inodes.path(inode);
  call.path = path;
  call.probe = inode.probe;
  DiskAnswer answer =
      disk.rules.decide(call, std::chrono::duration_cast<std::chrono::microseconds>(
                                  std::chrono::steady_clock::now().time_since_epoch()));
  if (answer.wait.count() > 0 && !pass_time(request, disk.rules, answer.wait)) answer.error = EINTR;
  return answer;
}

void demand_admission(fuse_req_t request, const DiskRequest& call, const Inode& inode,
                      const char* name) {
  must_be_zero(admit(request, call, inode, name).error);
}

struct stat status_of(const Disk& disk, const Inode& inode) {
  struct stat status {};
  checked_call(::fstatat(inode.place->number(), "", &status, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
  if (S_ISREG(status.st_mode)) status.st_nlink -= disk.names.links_aside(status.st_ino);
  return status;
}

NamePlace place_in(const Inode& folder, const char* name) {
  return {folder.place, folder.id, name};
}

fuse_entry_param entry_of(Disk& disk, const InodePointer& folder, const char* name) {
  fuse_entry_param entry{};
  Descriptor place(::openat(folder->place->number(), name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
  if (!place) fail(errno);
  checked_call(::fstatat(place.number(), "", &entry.attr, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW));
  const InodePointer inode = disk.inodes.enter(std::move(place), entry.attr, folder, name);
  entry.ino = inode->id;
  entry.attr = status_of(disk, *inode);
  entry.attr_timeout = entry.entry_timeout = kernel_keeps;
  return entry;
}

}  // namespace tribunal
