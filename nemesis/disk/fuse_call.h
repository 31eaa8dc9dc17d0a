// What every call of the kernel on a disk goes through: the rules of faults, the disk turned over
// by nobody meanwhile, and exactly one answer.
#pragma once

#ifndef FUSE_USE_VERSION
#define FUSE_USE_VERSION 312
#endif
#include <fuse3/fuse_lowlevel.h>

#include <new>
#include <shared_mutex>
#include <string>
#include <system_error>

#include "nemesis/disk/disk.h"

namespace tribunal {

inline constexpr double kernel_keeps = 3600;  // seconds; it is told of what changes behind its back

inline Disk& disk_of(fuse_req_t request) { return *static_cast<Disk*>(fuse_req_userdata(request)); }

// What the rules say to a call on `inode`, or on `name` in it where there is one; the delay has
// passed when it returns. A caller that is killed meanwhile is answered EINTR.
DiskAnswer admit(fuse_req_t request, DiskRequest call, const Inode& inode,
                 const char* name = nullptr);
// The same for those to whom only the error matters: throws it.
void demand_admission(fuse_req_t request, const DiskRequest& call, const Inode& inode,
                      const char* name = nullptr);

[[noreturn]] void fail(int error);
template <class Number>
Number checked_call(Number result) {
  if (result < 0) fail(errno);
  return result;
}
inline void must_be_zero(int error) {
  if (error != 0) fail(error);
}

// Runs what answers the call; what it throws is the answer instead.
template <class Body>
void serve(fuse_req_t request, Body&& body) noexcept {
  int error = EIO;
  try {
    body(disk_of(request));
    return;
  } catch (const std::system_error& failure) {
    error = failure.code().value();
  } catch (const std::bad_alloc&) {
    error = ENOMEM;
  } catch (const std::exception&) {
  }
  fuse_reply_err(request, error);
}

struct stat status_of(const Disk& disk, const Inode& inode);
NamePlace place_in(const Inode& folder, const char* name);
// What a name in a folder is; once it is answered the kernel holds one more lookup of it.
fuse_entry_param entry_of(Disk& disk, const InodePointer& folder, const char* name);

void add_name_calls(fuse_lowlevel_ops& calls);
void add_data_calls(fuse_lowlevel_ops& calls);
void add_folder_calls(fuse_lowlevel_ops& calls);

}  // namespace tribunal
