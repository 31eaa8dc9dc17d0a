// A cell: a cluster of namespaces on this machine. No root, no daemon, no Docker; when the harness
// dies, however it dies, the kernel takes processes, rules, links and mounts with it. Nothing
// outside is ever touched.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"

namespace tribunal {

class LoopKeeper;

// Runs `body` inside a new user + mount + network + pid + uts + ipc namespace set, in a process of
// its own, and returns its exit code. Three processes: this one waits and forwards SIGINT, SIGTERM
// and SIGHUP; the set's init reaps; the controller runs `body`. The death of any of them, by
// SIGKILL too, ends all and what they started. Call it before any thread is started. Throws
// Error(environment), with the fix, where namespaces cannot be had.
int inside_cell(const std::function<int()>& body);

struct CellOptions {
  std::size_t hosts = 3;
  std::filesystem::path logs;  // <logs>/<host>/ is created for each
  std::filesystem::path data;  // <data>/<host>/ is created and removed with the cell; empty: memory
  LoopKeeper* loop_keeper = nullptr;  // begun before the cell was; with it: Cluster::loop_disks
};

// Builds the bridge and the hosts n1, n2, ...; only inside inside_cell(). Destroying the cluster
// ends all of it.
std::unique_ptr<Cluster> build_cell(const CellOptions& options);

// The other side of build_cell: what a host's own init runs; main calls it when argv[1] is
// cell_host_verb.
inline constexpr const char* cell_host_verb = "cell-host";
int cell_host_main(int argc, char** argv);

// One thing a cell needs of this machine.
struct CellCheck {
  std::string what;  // "user namespaces"
  bool works = false;
  std::string why;  // what was tried and what was answered
  std::string fix;  // the exact command or setting; empty if it works
};
std::vector<CellCheck> check_cell();  // tries each for real, within seconds, leaving nothing behind
// The same of disks that are file systems of the kernel, which a run can do without.
CellCheck check_loop_disks();

}  // namespace tribunal
