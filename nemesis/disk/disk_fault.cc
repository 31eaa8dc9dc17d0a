#include "nemesis/disk/disk_fault.h"

#include <signal.h>

#include <sstream>
#include <thread>

#include "nemesis/options.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

}  // namespace

FaultOption paths_option() {
  return {
      "paths",
      {all_paths},
      "files that it meets, from the top of the data folder, joined by +; * meets slashes, too"};
}

std::vector<std::string> paths_of(const PlannedFault& planned) {
  std::istringstream text(text_option(planned, "paths"));
  std::vector<std::string> paths;
  for (std::string path; std::getline(text, path, '+');)
    if (!path.empty()) paths.push_back(path);
  return paths;
}

bool DiskFault::revive(Ground& ground, Host& host) {
  const auto until = Clock::now() + 4s;
  while (Clock::now() < until) {
    if (live_processes(host).empty()) {
      ground.cluster.start_database(host);
      return ground.cluster.database_ready(host, 2s);
    }
    if (ground.cluster.database_ready(host, 500ms)) return true;
  }
  return false;
}

void DiskFault::stop_database(Host& host) {
  for (int patience = 3; patience > 0 && !live_processes(host).empty(); --patience) {
    try {
      end_database(host, SIGKILL);
    } catch (const std::runtime_error&) {
      if (patience == 1) throw;  // it ended by itself, or was started again, meanwhile
    }
  }
}

std::string DiskFault::confirm(Ground& ground, Host& host) {
  demand_sound_disk(host);
  revive(ground, host);
  return "a probe writes, syncs and reads again";
}

void DiskFault::note(Host& host, const std::string& what, std::int64_t figure) {
  const std::scoped_lock lock(mutex_);
  notes_[host.name()][what] = figure;
}

std::int64_t DiskFault::noted(Host& host, const std::string& what) {
  const std::scoped_lock lock(mutex_);
  return notes_[host.name()][what];
}

void DiskFault::tell_notes(Host& host, Counters& counters) {
  const std::scoped_lock lock(mutex_);
  for (const auto& [what, figure] : notes_[host.name()])
    counters.emplace_back(host.name() + " " + what, figure);
}

}  // namespace tribunal
