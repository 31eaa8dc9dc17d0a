// What all faults of a disk have in common.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "nemesis/disk/host_disk.h"
#include "nemesis/host_fault.h"

namespace tribunal {

// Paths of a database's files, from the top of its data folder, as the option "paths" has them:
// "member/wal/*+member/snap/db".
inline constexpr const char* all_paths = "*";
FaultOption paths_option();
std::vector<std::string> paths_of(const PlannedFault& planned);

// A kind of fault of class F, on FUSE; the disk is mounted before the database is started.
template <class F>
FaultKind disk_fault_kind(std::string name, std::string summary, std::vector<FaultOption> options) {
  auto kind = host_fault_kind<F>(std::move(name), std::move(summary));
  kind.options = std::move(options);
  kind.resource = "disks";
  kind.prepare = prepare_fuse_disks;
  return kind;
}

// A fault that leaves its disk sound, and the database running, when it is healed.
class DiskFault : public HostFault {
 public:
  using HostFault::HostFault;

 protected:
  std::string means() const override { return "FUSE"; }
  // The disk is sound. A database that gave up is started again, as a supervisor would.
  std::string confirm(Ground& ground, Host& host) override;

  // Until the database answers or has been started once more; a few seconds at most. True: it
  // answers.
  static bool revive(Ground& ground, Host& host);
  // Kills what runs of the database, if anything does.
  static void stop_database(Host& host);

  // A figure for the receipt, kept until it is written.
  void note(Host& host, const std::string& what, std::int64_t figure);
  void tell_notes(Host& host, Counters& counters);
  std::int64_t noted(Host& host, const std::string& what);

 private:
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, std::int64_t>> notes_;  // guarded by mutex_
};

}  // namespace tribunal
