// Finds out which of the known locks on namespaces is shut here, and names the key to it.
#include "harness/cluster/failed_step.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>

namespace tribunal {
namespace {

std::optional<long> setting(const char* name) {
  std::ifstream file(std::string("/proc/sys/") + name);
  long value = 0;
  if (file >> value) return value;
  return {};
}

bool in_container() {
  std::error_code ignored;
  return std::filesystem::exists("/.dockerenv", ignored) ||
         std::filesystem::exists("/run/.containerenv", ignored);
}

std::string fix_for(int error) {
  if (error == ENOSPC || setting("user/max_user_namespaces") == 0)
    return "sudo sysctl -w user.max_user_namespaces=15000";
  if (setting("kernel/unprivileged_userns_clone") == 0 && ::geteuid() != 0)
    return "sudo sysctl -w kernel.unprivileged_userns_clone=1";
  if (setting("kernel/apparmor_restrict_unprivileged_userns") == 1 && ::geteuid() != 0)
    return "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0, or run as root";
  if (in_container())
    return "start the container with --privileged, or with --security-opt seccomp=unconfined "
           "--security-opt apparmor=unconfined --security-opt systempaths=unconfined";
  if (error == ENOSYS) return "a kernel of version 5.12 or later";
  return "run as root, or ask the machine's owner to allow user namespaces";
}

}  // namespace

Error cell_unavailable(const FailedStep& failed) {
  return Error(Blame::environment,
               fmt::format("a cell cannot be had here: could not {}: {}", failed.step,
                           std::strerror(failed.error)),
               fix_for(failed.error));
}

}  // namespace tribunal
