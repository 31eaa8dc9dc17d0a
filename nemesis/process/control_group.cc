#include "nemesis/process/control_group.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "harness/cluster/descriptor.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse_group(const fs::path& path, const char* what) {
  throw Error(Blame::environment,
              fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(errno)));
}

// A pid is taken by one write of its own.
bool write_group_file(const fs::path& file, const std::string& value) {
  const Descriptor descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  return descriptor && ::write(descriptor.number(), value.data(), value.size()) ==
                           static_cast<ssize_t>(value.size());
}

std::vector<int> processes_in(const fs::path& folder) {
  std::ifstream numbers(folder / "cgroup.procs");
  std::vector<int> processes;
  for (int pid = 0; numbers >> pid;) processes.push_back(pid);
  return processes;
}

std::string unique_name(const std::string& name) {
  static std::atomic<int> made{0};
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  return fmt::format("{}{:x}-{}-{}", leftover_prefix, now, ++made, name);
}

}  // namespace

ControlGroup::ControlGroup(Journal& journal, GroupPlace place, const std::string& name)
    : journal_(journal), place_(std::move(place)), folder_(place_.parent / unique_name(name)) {
  journal_.write_down({"cgroup", folder_.string()});
  if (::mkdir(folder_.c_str(), 0755) != 0) refuse_group(folder_, "make the control group");
}

ControlGroup::~ControlGroup() {
  try {
    close();
  } catch (const std::exception&) {  // it stays written down
  }
}

void ControlGroup::set(const std::string& file, const std::string& value) {
  if (!write_group_file(folder_ / file, value)) refuse_group(folder_ / file, "write to");
}

void ControlGroup::take(const std::vector<int>& processes) {
  const auto has = processes_in(folder_);
  const std::set<int> taken(has.begin(), has.end());
  for (const int pid : processes) {
    if (taken.contains(pid)) continue;
    if (!write_group_file(folder_ / "cgroup.procs", std::to_string(pid)) && errno != ESRCH)
      refuse_group(folder_ / "cgroup.procs", "put a process into");
  }
}

std::size_t ControlGroup::size() const { return processes_in(folder_).size(); }

std::int64_t ControlGroup::number(const std::string& file, const std::string& key) const {
  std::ifstream lines(folder_ / file);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::int64_t value = 0;
    if (key.empty() && words >> value) return value;
    if (!key.empty() && words >> name >> value && name == key) return value;
  }
  return 0;
}

// A process may fork while it is being sent away, so it is looked again until none is left.
void ControlGroup::close() {
  if (!exists()) return;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (true) {
    const auto left = processes_in(folder_);
    if (left.empty()) break;
    for (const int pid : left) write_group_file(place_.home / "cgroup.procs", std::to_string(pid));
    if (std::chrono::steady_clock::now() > until)
      throw Error(Blame::environment,
                  fmt::format("{} processes will not leave the control group {}", left.size(),
                              folder_.string()));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  journal_.undo({"cgroup", folder_.string()});
}

}  // namespace tribunal
