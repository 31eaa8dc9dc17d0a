#include "harness/cluster/leftover.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "harness/cluster/loop_device.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

// The kernel may still be at ending what was in the group when its run died.
bool remove_group(const std::string& folder) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (::rmdir(folder.c_str()) != 0) {
    if (errno == ENOENT) return false;
    if (errno != EBUSY || std::chrono::steady_clock::now() > until)
      throw std::runtime_error(std::strerror(errno));
    std::this_thread::sleep_for(20ms);
  }
  return true;
}

bool remove_one_file(const std::string& file) {
  if (::unlink(file.c_str()) == 0) return true;
  if (errno == ENOENT) return false;
  throw std::runtime_error(std::strerror(errno));
}

}  // namespace

const std::vector<LeftoverKind>& leftover_kinds() {
  static const std::vector<LeftoverKind> all{
      {"cgroup", remove_group}, {"file", remove_one_file}, {"loop device", remove_loop_device}};
  return all;
}

bool undo_leftover(const Leftover& leftover) {
  const std::filesystem::path path(leftover.what);
  if (!path.is_absolute() || !path.filename().string().starts_with(leftover_prefix))
    throw std::runtime_error("it has no name of ours, so it is left alone");
  for (const auto& kind : leftover_kinds())
    if (kind.name == leftover.kind) return kind.undo(leftover.what);
  throw std::runtime_error("this version of tribunal does not know what a " + leftover.kind +
                           " is");
}

}  // namespace tribunal
