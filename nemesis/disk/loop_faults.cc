// Faults of disks that are file systems of the kernel: what ext4 does by itself when its device is
// full, or fails.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/cluster/loop_disks.h"
#include "harness/record/error.h"
#include "nemesis/disk/loop_faults.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;

constexpr Milliseconds probe_deadline = 15s;

void demand_error(Host& host, int wanted, const ProbeWrite& write) {
  if (const int error = probe_write(host, write, probe_deadline).error; error != wanted)
    throw std::runtime_error(fmt::format("a probe ends with {} rather than {}",
                                         std::strerror(error), std::strerror(wanted)));
}

// A file of the harness takes all that is free.
class LoopFull final : public LoopFault {
 public:
  using LoopFault::LoopFault;

 private:
  std::string strike(Ground&, Host& host) override {
    demand_sound_disk(host);
    const std::uint64_t filled = probe_fill(host, DiskFilling::fill);
    note(host, "bytes filled", static_cast<std::int64_t>(filled));
    demand_error(host, ENOSPC, {"sound", 4096, 4096});
    return fmt::format("{} bytes filled; a probe ends with {}", filled, std::strerror(ENOSPC));
  }
  void undo(Ground&, Host& host) override { probe_fill(host, DiskFilling::remove); }
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override {
    tell_notes(host, counters);
    return DiskFault::met(ground, host, meeting, counters);
  }
};

// Its journal is aborted, at which ext4 takes no more changes. Only a mount makes it good, so the
// database is stopped for the heal.
class LoopReadOnly final : public LoopFault {
 public:
  using LoopFault::LoopFault;

 private:
  std::string strike(Ground& ground, Host& host) override {
    demand_sound_disk(host);
    ground.cluster.loop_disks->make_read_only(host);
    demand_error(host, EROFS, {"sound"});
    return fmt::format("a probe ends with {}", std::strerror(EROFS));
  }
  void undo(Ground& ground, Host& host) override {
    mend(ground, host);
    if (live_processes(host).empty()) ground.cluster.start_database(host);
  }
};

}  // namespace

std::string LoopFault::means() const { return LoopDisks::means; }

void LoopFault::mount_again(Ground& ground, Host& host) {
  for (int patience = 3;; --patience) {
    stop_database(host);
    try {
      return ground.cluster.loop_disks->mount_again(host);
    } catch (const Error&) {  // something else started the database meanwhile
      if (patience == 1) throw;
    }
  }
}

void LoopFault::mend(Ground& ground, Host& host) {
  try {
    demand_sound_disk(host);
  } catch (const std::runtime_error&) {
    mount_again(ground, host);
  }
}

FaultKind on_either_disk(FaultKind kind, EitherDiskFault::Make on_fuse,
                         EitherDiskFault::Make on_loop) {
  kind.prepare = prepare_disks;
  kind.make = [on_fuse, on_loop](const PlannedFault& planned) {
    return std::make_unique<EitherDiskFault>(planned, on_fuse, on_loop);
  };
  return kind;
}

std::unique_ptr<Fault> loop_full(const PlannedFault& planned) {
  return std::make_unique<LoopFull>(planned);
}

std::unique_ptr<Fault> loop_read_only(const PlannedFault& planned) {
  return std::make_unique<LoopReadOnly>(planned);
}

}  // namespace tribunal
