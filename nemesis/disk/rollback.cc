// A disk that lied: all that was written in the last seconds is gone, synced or not.
#include <fmt/format.h>

#include <cstring>
#include <stdexcept>
#include <thread>

#include "harness/record/error.h"
#include "nemesis/disk/disk_fault.h"
#include "nemesis/disk/faults.h"
#include "nemesis/options.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr const char* rolled_probe_file = "rolled";
constexpr std::uint64_t rolled_half = 4096;

// Takes a snapshot of each disk, waits, and while the database is stopped puts the disks back to
// it. What was lost cannot be given back: the heal sees that the disk is honest again.
class Rollback final : public DiskFault {
 public:
  explicit Rollback(const PlannedFault& planned)
      : DiskFault(planned), age_(time_option(planned, "age", 100ms, 10s)) {}

 private:
  std::string strike(Ground& ground, Host& host) override;
  void undo(Ground& ground, Host& host) override { revive(ground, host); }
  std::string confirm(Ground& ground, Host& host) override;
  // A replica that finds itself behind what it has confirmed may refuse to go on.
  bool must_serve_again() const override { return false; }
  void write(Host& host, std::uint64_t offset);
  void roll_back(Host& host);
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override;

  const Milliseconds age_;
};

void Rollback::write(Host& host, std::uint64_t offset) {
  if (const int error =
          probe_write(host, {rolled_probe_file, offset, rolled_half, "sync"}, 10s).error;
      error != 0)
    throw std::runtime_error(fmt::format("a probe's write ends with {}", std::strerror(error)));
}

// Another fault may start the database between its end and the roll-back.
void Rollback::roll_back(Host& host) {
  for (int patience = 3;; --patience) {
    stop_database(host);
    try {
      const json done =
          ask_disk(host, {{"do", "roll back"}, {"name", fmt::format("fault {}", planned().id)}});
      note(host, "files rolled back", done["files"]);
      return;
    } catch (const Error&) {
      if (patience == 1) throw;
    }
  }
}

std::string Rollback::strike(Ground& ground, Host& host) {
  write(host, 0);
  const json taken =
      ask_disk(host, {{"do", "snapshot"}, {"name", fmt::format("fault {}", planned().id)}});
  note(host, "bytes in the snapshot", taken["bytes"]);
  write(host, rolled_half);
  std::this_thread::sleep_for(age_);
  roll_back(host);
  const DiskProbe seen = probe_read(host, rolled_probe_file, 10s);
  ground.cluster.start_database(host);
  if (seen.error != 0 || seen.size != rolled_half || seen.bits_off != 0)
    throw std::runtime_error(fmt::format("a probe finds {} bytes of {}, {} bits wrong ({})",
                                         seen.size, rolled_half, seen.bits_off,
                                         std::strerror(seen.error)));
  return fmt::format("as it was {} ms before; a probe lost the {} bytes it had synced since",
                     age_.count(), rolled_half);
}

// Where nothing was written meanwhile, nothing was taken.
std::optional<std::string> Rollback::met(Ground&, Host& host, const Meeting& meeting,
                                         Counters& counters) {
  const std::int64_t files = noted(host, "files rolled back");
  tell_notes(host, counters);
  counters.emplace_back(host.name() + " calls failed or unknown",
                        meeting.ended.failed + meeting.began.unknown);
  if (files == 0 || live_processes(host).empty()) return {};
  return fmt::format("the database on {} runs on {} files that are older than it left them",
                     host.name(), files);
}

std::string Rollback::confirm(Ground& ground, Host& host) {
  demand_sound_disk(host);
  bool serves = false;
  for (int tries = 0; tries < 3 && !serves; ++tries) serves = revive(ground, host);
  return serves ? "a probe keeps what it syncs; the database answers"
                : "a probe keeps what it syncs; the database does not answer";
}

}  // namespace

FaultKind rollback_fault() {
  auto kind = disk_fault_kind<Rollback>(
      "rollback", "the disk is put back to what it was some seconds ago, synced or not",
      {{"age", {"3s", "1s", "8s"}, "how long ago"}});
  kind.harm = Harm::betrays;
  return kind;
}

}  // namespace tribunal
