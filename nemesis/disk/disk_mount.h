// A disk where a host's processes see it: a FUSE file system over the folder that keeps its files.
#pragma once

#include <string>
#include <thread>

#include "harness/cluster/descriptor.h"
#include "nemesis/disk/disk.h"

struct fuse_session;

namespace tribunal {

class DiskMount {
 public:
  // Mounts over `folder`, which `disk` has open already, and serves it from threads of its own.
  // Throws Error(environment) with the fix. The disk must outlive it.
  DiskMount(Disk& disk, std::string folder);
  // Unmounts. Threads that serve a call go on until the process ends, which has to be soon.
  ~DiskMount();
  DiskMount(const DiskMount&) = delete;

  // Has the kernel forget what it keeps of these; never while a call waits for the caller.
  void tell(const Stale& stale);

 private:
  const std::string folder_;
  Descriptor device_;
  fuse_session* session_ = nullptr;
};

}  // namespace tribunal
