#include "nemesis/process/death.h"

#include <fmt/format.h>

#include "nemesis/process/live_processes.h"

namespace tribunal {

void DeathFault::undo(Ground& ground, Host& host) {
  if (live_processes(host).empty()) ground.cluster.start_database(host);
}

std::optional<std::string> DeathFault::met(Ground&, Host& host, const Meeting& meeting,
                                           Counters& counters) {
  const std::uint64_t lost = meeting.ended.failed + meeting.began.unknown;
  counters.emplace_back(host.name() + " calls failed or unknown", lost);
  if (lost > 0) return fmt::format("{} calls failed or unknown on {}", lost, host.name());
  if (meeting.ended.in_flight > 0)
    return fmt::format("{} calls in flight on {}", meeting.ended.in_flight, host.name());
  return {};
}

}  // namespace tribunal
