#include "nemesis/process/kill.h"

#include <fmt/format.h>
#include <signal.h>

#include <stdexcept>

#include "nemesis/host_fault.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

class KillFault final : public HostFault {
 public:
  using HostFault::HostFault;

 private:
  std::string strike(Ground&, Host& host) override { return end_database(host, SIGKILL); }
  void undo(Ground& ground, Host& host) override {
    if (live_processes(host).empty()) ground.cluster.start_database(host);
  }
  std::string confirm(Ground&, Host&) override { return {}; }
  // Of a dead server nothing stalls: what is not answered fails.
  std::optional<std::string> met(Ground&, Host& host, const Meeting& meeting,
                                 Counters& counters) override {
    const std::uint64_t lost = meeting.ended.failed + meeting.began.unknown;
    counters.emplace_back(host.name() + " calls failed or unknown", lost);
    if (lost > 0) return fmt::format("{} calls failed or unknown on {}", lost, host.name());
    if (meeting.ended.in_flight > 0)
      return fmt::format("{} calls in flight on {}", meeting.ended.in_flight, host.name());
    return {};
  }
};

}  // namespace

FaultKind kill_fault() {
  auto kind =
      host_fault_kind<KillFault>("kill", "the database dies by SIGKILL and is started again");
  kind.resource = "processes";
  kind.harm = Harm::stops;
  return kind;
}

}  // namespace tribunal
