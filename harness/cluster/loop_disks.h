// The disks of a cell's hosts as file systems of the kernel: ext4 on loop devices, which can be
// shut down as if the power had failed. For any thread.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "harness/cluster/host.h"
#include "harness/cluster/journal.h"
#include "harness/cluster/loop_keeper.h"

namespace tribunal {

class LoopDisks {
 public:
  // `inits`: of each host by name, as this process counts. Images are made in `folder`, an existing
  // one, and have no names there but while they are made. Keeper and journal must outlive it.
  LoopDisks(LoopKeeper& keeper, Journal& journal, std::filesystem::path folder,
            std::map<std::string, int> inits);
  ~LoopDisks();  // lets go of the devices, which live as long as their hosts
  LoopDisks(const LoopDisks&) = delete;

  static constexpr const char* means = "loop-mounted ext4";
  // Where a host's processes find a folder on the same disk that is not in its data.
  static constexpr const char* probes = loop_disk_probes;

  // All throw Error(environment) with the fix.
  // Over the host's data, empty; before anything uses it. A second time changes nothing.
  void mount(const Host& host);
  // From now on every call on it fails, and what it had not written to its device never is.
  void shut_down(const Host& host);
  // From now on whatever changes a file ends with EROFS, as when ext4 meets an error.
  void make_read_only(const Host& host);
  // Takes the disk away and mounts what is on the device, as after a start of the machine. Nothing
  // on the host may use it. Waits up to 5 s for that.
  void mount_again(const Host& host);

 private:
  void act(LoopKeeper::Act what, const Host& host);

  LoopKeeper& keeper_;
  Journal& journal_;
  const std::filesystem::path folder_;
  const std::map<std::string, int> inits_;
  std::mutex mutex_;
  std::map<std::string, std::string> images_;  // by host; guarded by mutex_
};

}  // namespace tribunal
