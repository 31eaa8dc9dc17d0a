#include "harness/cluster/host_furnish.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "harness/cluster/failed_step.h"
#include "harness/cluster/interface.h"
#include "harness/cluster/mount_tree.h"

namespace tribunal {
namespace {

void mount_memory(const char* folder, const char* mode) {
  must(::mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, mode),
       "mount memory over a folder of a host");
}

Descriptor hold(const char* folder) {
  return Descriptor(::open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

void mount_names(const std::string& names) {
  constexpr const char* own = "/run/tribunal/hosts";
  std::ofstream(own) << names;
  must(::mount(own, "/etc/hosts", nullptr, MS_BIND, nullptr), "mount a host's own /etc/hosts");
}

// Rules are for IPv4 alone, so no packet may find another way.
void switch_off_ipv6(const std::string& interface) {
  std::ofstream("/proc/sys/net/ipv6/conf/" + interface + "/disable_ipv6") << "1";
}

}  // namespace

CoveredFolders furnish_host(const HostPlan& plan) {
  must(::sethostname(plan.name.data(), plan.name.size()), "name a host");
  CoveredFolders covered{hold("/tmp"), hold("/run")};
  Descriptor data;
  if (!plan.data.empty()) data = detached_copy(plan.data);
  if (!make_all_read_only())
    throw FailedStep{"make the machine's files read-only for a host", errno};
  mount_memory("/run", "mode=755");
  mount_memory("/tmp", "mode=1777");
  if (::access("/dev/shm", F_OK) == 0) mount_memory("/dev/shm", "mode=1777");
  ::mkdir("/run/tribunal", 0755);
  must(::mkdir(host_data_folder, 0700), "make a host's data folder");
  if (data) {
    attach(data, host_data_folder);
  } else {
    mount_memory(host_data_folder, "mode=700");
  }
  must(::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr),
       "mount a host's own /proc");
  mount_names(plan.names);
  switch_off_ipv6("eth0");
  bring_up("lo");
  bring_up("eth0", plan.address);
  must(::chdir(host_data_folder), "enter a host's data folder");
  return covered;
}

}  // namespace tribunal
