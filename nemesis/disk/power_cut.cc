// The power of a host fails: its processes die at once, and its disk keeps what was synced.
#include <fmt/format.h>
#include <signal.h>

#include <cstring>
#include <stdexcept>

#include "harness/record/random.h"
#include "nemesis/disk/disk_fault.h"
#include "nemesis/disk/faults.h"
#include "nemesis/options.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::uint64_t cut_half = 4096;
constexpr const char* cut_probe_file = "cut";

class PowerCut final : public DiskFault {
 public:
  explicit PowerCut(const PlannedFault& planned)
      : DiskFault(planned),
        torn_(choice_option(planned, "torn", {"no", "yes"}) == "yes"),
        sector_(count_option(planned, "sector", 512, 1 << 20)) {}

 private:
  std::string strike(Ground&, Host& host) override;
  void undo(Ground& ground, Host& host) override {
    if (live_processes(host).empty()) ground.cluster.start_database(host);
  }
  std::optional<std::string> met(Ground&, Host& host, const Meeting& meeting,
                                 Counters& counters) override;
  void leave_half_unsynced(Host& host);
  std::string see_half_lost(Host& host);

  const bool torn_;
  const std::uint64_t sector_;
};

void PowerCut::leave_half_unsynced(Host& host) {
  for (const char* then : {"sync", "cut"}) {
    const ProbeWrite write{cut_probe_file, *then == 's' ? 0 : cut_half, cut_half, then};
    if (const int error = probe_write(host, write, 10s).error; error != 0)
      throw std::runtime_error(fmt::format("a probe's write ends with {}", std::strerror(error)));
  }
}

std::string PowerCut::see_half_lost(Host& host) {
  const DiskProbe seen = probe_read(host, cut_probe_file, 10s);
  const bool lost_all = seen.size == cut_half,
             lost_part = seen.size > cut_half && seen.size < 2 * cut_half;
  if (seen.error != 0 || seen.bits_off != 0 || !(lost_all || (torn_ && lost_part)))
    throw std::runtime_error(
        fmt::format("a probe finds {} bytes of {} synced and {} unsynced ones, {} bits wrong ({})",
                    seen.size, cut_half, cut_half, seen.bits_off, std::strerror(seen.error)));
  return fmt::format("a probe kept its {} synced bytes and {} of {} unsynced ones", cut_half,
                     seen.size - cut_half, cut_half);
}

std::string PowerCut::strike(Ground&, Host& host) {
  leave_half_unsynced(host);
  const std::string ended = end_database(host, SIGKILL);
  const json loss =
      ask_disk(host, {{"do", "cut"},
                      {"torn_sector", torn_ ? sector_ : 0},
                      {"seed", Random::stream(planned().seed, "power-cut", host.index()).next()}});
  note(host, "bytes lost", loss["bytes"]);
  note(host, "files that lost bytes", loss["files"]);
  note(host, "changes of names undone", loss["names"]);
  if (loss["written_through"] > 0)
    note(host, "files that counted as synced, for want of memory", loss["written_through"]);
  std::string names;
  for (const auto& [path, bytes] : loss["lost"].get<std::vector<std::pair<std::string, int>>>())
    if (names.size() < 100)
      names += fmt::format("{}{} of {}", names.empty() ? ": " : ", ", bytes, path);
  return fmt::format("{}; {} bytes of {} files and {} changes of names lost{}; {}", ended,
                     loss["bytes"].get<std::uint64_t>(), loss["files"].get<std::uint64_t>(),
                     loss["names"].get<std::uint64_t>(), names, see_half_lost(host));
}

std::optional<std::string> PowerCut::met(Ground&, Host& host, const Meeting& meeting,
                                         Counters& counters) {
  tell_notes(host, counters);
  const std::uint64_t lost = meeting.ended.failed + meeting.began.unknown;
  counters.emplace_back(host.name() + " calls failed or unknown", lost);
  if (const auto bytes = noted(host, "bytes lost"); bytes > 0)
    return fmt::format("{} lost {} bytes that the database had written", host.name(), bytes);
  if (lost > 0) return fmt::format("{} calls failed or unknown on {}", lost, host.name());
  if (meeting.ended.in_flight > 0)
    return fmt::format("{} calls in flight on {}", meeting.ended.in_flight, host.name());
  return {};
}

}  // namespace

FaultKind power_cut_fault() {
  auto kind = disk_fault_kind<PowerCut>(
      "power-cut", "the database dies by SIGKILL and what it had not synced is gone",
      {{"torn", {"no", "yes"}, "whether the last unsynced write of a file survives in part"},
       {"sector", {"512", "4096"}, "bytes that a disk writes in one piece, when torn"}});
  kind.harm = Harm::stops;
  return kind;
}

}  // namespace tribunal
