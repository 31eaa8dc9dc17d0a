// The process that mounts what only the machine's root may mount. It is begun before the cell is
// entered, mounts and unmounts in the mount namespaces of hosts, and holds their loop devices.
// Nothing that it does is seen outside of those, and it dies with the process that began it: then
// the kernel frees every device that no host mounts any more.
#pragma once

#include <sys/types.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "harness/cluster/channel.h"

namespace tribunal {

class LoopKeeper {
 public:
  // Before the cell is entered, and before any thread is started. Throws Error(environment).
  LoopKeeper();
  // In the process that began it: ends it, and waits for that.
  ~LoopKeeper();
  LoopKeeper(const LoopKeeper&) = delete;

  // Has it done, in that mount namespace (/proc/PID/ns/mnt). From the cell, too, and from any
  // thread. Throws Error(environment) with the fix.
  enum class Act { mount, shut_down, make_read_only, unmount };
  void act(Act what, const std::string& image, const Descriptor& mounts);
  // Lets go of the device, which then lives as long as it is mounted.
  void release(const std::string& image);

 private:
  void ask(const nlohmann::json& order, const std::vector<int>& descriptors);

  pid_t owner_ = 0, process_ = 0;
  std::mutex mutex_;
  std::optional<Channel> channel_;  // guarded by mutex_
};

// Where a host mounts it: the top, and in it the folders over the host's data and for probes.
inline constexpr const char* loop_disk_folder = "/run/tribunal/disk";
inline constexpr const char* loop_disk_probes = "/run/tribunal/disk/probes";

}  // namespace tribunal
