// The power of a host fails: its processes die at once, and its disk keeps what was synced.
#include <fmt/format.h>
#include <signal.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "harness/cluster/loop_disks.h"
#include "harness/record/random.h"
#include "nemesis/disk/disk_fault.h"
#include "nemesis/disk/faults.h"
#include "nemesis/disk/loop_faults.h"
#include "nemesis/options.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::uint64_t cut_half = 4096;
constexpr const char* cut_probe_file = "cut";

void leave_half_unsynced(Host& host) {
  for (const auto& [offset, then] : {std::pair(std::uint64_t{0}, "cut and sync"), {cut_half, ""}}) {
    const ProbeWrite write{cut_probe_file, offset, cut_half, then};
    if (const int error = probe_write(host, write, 10s).error; error != 0)
      throw std::runtime_error(fmt::format("a probe's write ends with {}", std::strerror(error)));
  }
}

// Sees that the synced half is there, and of the other as much as may be.
std::string see_half_lost(Host& host, const std::function<bool(std::uint64_t)>& may_be_left) {
  const DiskProbe seen = probe_read(host, cut_probe_file, 10s);
  if (seen.error != 0 || seen.bits_off != 0 || seen.size < cut_half ||
      !may_be_left(seen.size - cut_half))
    throw std::runtime_error(
        fmt::format("a probe finds {} bytes of {} synced and {} unsynced ones, {} bits wrong ({})",
                    seen.size, cut_half, cut_half, seen.bits_off, std::strerror(seen.error)));
  return fmt::format("a probe kept its {} synced bytes and {} of {} unsynced ones", cut_half,
                     seen.size - cut_half, cut_half);
}

std::string words_for(const json& loss) {
  std::string names;
  for (const auto& [path, bytes] : loss["lost"].get<std::vector<std::pair<std::string, int>>>())
    if (names.size() < 100)
      names += fmt::format("{}{} of {}", names.empty() ? ": " : ", ", bytes, path);
  return fmt::format("{} bytes of {} files and {} changes of names lost{}",
                     loss["bytes"].get<std::uint64_t>(), loss["files"].get<std::uint64_t>(),
                     loss["names"].get<std::uint64_t>(), names);
}

// What is the same on every disk.
template <class Base>
class PowerCut : public Base {
 public:
  using Base::Base;

 protected:
  void note_loss(Host& host, const json& loss) {
    this->note(host, "bytes lost", loss["bytes"]);
    this->note(host, "files that lost bytes", loss["files"]);
    this->note(host, "changes of names undone", loss["names"]);
  }

 private:
  void undo(Ground& ground, Host& host) override {
    if (live_processes(host).empty()) ground.cluster.start_database(host);
  }
  std::optional<std::string> met(Ground&, Host& host, const HostFault::Meeting& meeting,
                                 HostFault::Counters& counters) override {
    this->tell_notes(host, counters);
    const std::uint64_t lost = meeting.ended.failed + meeting.began.unknown;
    counters.emplace_back(host.name() + " calls failed or unknown", lost);
    if (const auto bytes = this->noted(host, "bytes lost"); bytes > 0)
      return fmt::format("{} lost {} bytes that the database had written", host.name(), bytes);
    if (lost > 0) return fmt::format("{} calls failed or unknown on {}", lost, host.name());
    if (meeting.ended.in_flight > 0)
      return fmt::format("{} calls in flight on {}", meeting.ended.in_flight, host.name());
    return {};
  }
};

class FusePowerCut final : public PowerCut<DiskFault> {
 public:
  explicit FusePowerCut(const PlannedFault& planned)
      : PowerCut(planned),
        torn_(choice_option(planned, "torn", {"no", "yes"}) == "yes"),
        sector_(count_option(planned, "sector", 512, 1 << 20)) {}

 private:
  std::string strike(Ground&, Host& host) override {
    leave_half_unsynced(host);
    const std::string ended = end_database(host, SIGKILL);
    const json loss = ask_disk(
        host, {{"do", "cut"},
               {"torn_sector", torn_ ? sector_ : 0},
               {"seed", Random::stream(planned().seed, "power-cut", host.index()).next()}});
    note_loss(host, loss);
    if (loss["written_through"] > 0)
      note(host, "files that counted as synced, for want of memory", loss["written_through"]);
    const auto may_be_left = [this](std::uint64_t left) {
      return left == 0 || (torn_ && left < cut_half);
    };
    return fmt::format("{}; {}; {}", ended, words_for(loss), see_half_lost(host, may_be_left));
  }

  const bool torn_;
  const std::uint64_t sector_;
};

// The kernel says when it writes what was not synced, after seconds or for want of memory: what it
// had written survives.
class LoopPowerCut final : public PowerCut<LoopFault> {
 public:
  using PowerCut::PowerCut;

 private:
  std::string strike(Ground& ground, Host& host) override {
    leave_half_unsynced(host);
    const std::string ended = end_database(host, SIGKILL);
    sketch_files(host);
    ground.cluster.loop_disks->shut_down(host);
    if (const int error = probe_read(host, cut_probe_file, 10s).error; error != EIO)
      throw std::runtime_error(
          fmt::format("a probe of a disk without power ends with {}", std::strerror(error)));
    mount_again(ground, host);
    const json loss = loss_since_sketch(host);
    note_loss(host, loss);
    if (loss["unread"] > 0) note(host, "bytes that were not looked at", loss["unread"]);
    const auto may_be_left = [](std::uint64_t left) { return left == 0 || left == cut_half; };
    return fmt::format("{}; {}; {}", ended, words_for(loss), see_half_lost(host, may_be_left));
  }
  void undo(Ground& ground, Host& host) override {
    mend(ground, host);
    if (live_processes(host).empty()) ground.cluster.start_database(host);
  }
};

std::unique_ptr<Fault> cut_on_fuse(const PlannedFault& planned) {
  return std::make_unique<FusePowerCut>(planned);
}

std::unique_ptr<Fault> cut_on_loop(const PlannedFault& planned) {
  return std::make_unique<LoopPowerCut>(planned);
}

}  // namespace

FaultKind power_cut_fault() {
  auto kind = disk_fault_kind<FusePowerCut>(
      "power-cut", "the database dies by SIGKILL and what it had not synced is gone",
      {{"torn", {"no", "yes"}, "whether the last unsynced write of a file survives in part"},
       {"sector", {"512", "4096"}, "bytes that a disk writes in one piece, when torn"}});
  kind.harm = Harm::stops;
  return on_either_disk(std::move(kind), cut_on_fuse, cut_on_loop);
}

}  // namespace tribunal
