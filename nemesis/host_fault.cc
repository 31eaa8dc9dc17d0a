#include "nemesis/host_fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <mutex>

#include "nemesis/attempt.h"
#include "nemesis/every_host.h"
#include "nemesis/process/live_processes.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

// What `look` says of each host, in the order of the hosts: "n1: 5 processes; n2: 1 process".
std::string ask_every(Cluster& cluster, const std::vector<std::string>& hosts,
                      const std::function<std::string(Host&)>& look) {
  std::mutex mutex;
  std::map<std::string, std::string> said;
  on_every(cluster, hosts, [&](Host& host) {
    const std::string one = look(host);
    const std::scoped_lock lock(mutex);
    said[host.name()] = one;
  });
  std::vector<std::string> lines;
  for (const auto& host : hosts)
    if (!said[host].empty()) lines.push_back(host + ": " + said[host]);
  return fmt::format("{}", fmt::join(lines, "; "));
}

}  // namespace

void HostFault::inject(Ground& ground, Receipt& receipt) {
  const bool chosen = attempt(receipt, "choose targets", [&] {
    const Targets targets = choose_targets(ground, planned_);
    receipt.targets = targets.hosts;
    receipt.detail = targets.detail;
  });
  if (!chosen) return;
  began_.begin(ground, receipt.targets);
  const bool struck = attempt(receipt, planned_.fault, [&] {
    receipt.observed_by = ask_every(ground.cluster, receipt.targets,
                                    [&](Host& host) { return strike(ground, host); });
  });
  ended_.begin(ground, receipt.targets);
  receipt.means = means();
  if (!struck) return;
  receipt.installed = receipt.observed = observed_ = ground.now();
}

void HostFault::exercise(Ground& ground, Receipt& receipt) {
  if (!receipt.installed || receipt.healed) return;
  attempt(receipt, "exercise", [&] {
    const auto began = began_.since(ground), ended = ended_.since(ground);
    Counters counters;
    std::vector<std::string> meetings;
    for (std::size_t i = 0; i < ended.size(); ++i) {
      Host& host = ground.cluster.host(ended[i].host);
      const Meeting meeting{began[i], ended[i], ground.now() - observed_};
      if (auto how = met(ground, host, meeting, counters)) meetings.push_back(std::move(*how));
    }
    receipt.counters = std::move(counters);
    if (meetings.empty()) return;
    if (!receipt.exercised) receipt.exercised = ground.now();
    receipt.exercised_by = fmt::format("{}", fmt::join(meetings, ", "));
  });
}

// A call fails by itself, too (a swap that found another value), so failures count only from the
// end of the strike; an answer is never lost by itself, so losses count from its beginning.
std::optional<std::string> HostFault::met(Ground&, Host& host, const Meeting& meeting,
                                          Counters& counters) {
  const std::uint64_t suffered =
      meeting.ended.failed + meeting.ended.stalled + meeting.began.unknown;
  counters.emplace_back(host.name() + " calls stalled, failed or unknown", suffered);
  if (suffered > 0)
    return fmt::format("{} calls stalled, failed or unknown on {}", suffered, host.name());
  constexpr std::int64_t stall = 100'000'000;  // as long as counts as a stall
  if (meeting.ended.in_flight > 0 && meeting.ended.answered == 0 && meeting.lasted >= stall)
    return fmt::format("{} calls without an answer on {}", meeting.ended.in_flight, host.name());
  return {};
}

void HostFault::heal(Ground& ground, Receipt& receipt) {
  if (receipt.heal_verified) return;
  if (!receipt.heal_requested) receipt.heal_requested = ground.now();
  if (receipt.targets.empty()) {
    receipt.healed = receipt.heal_verified = ground.now();
    receipt.heal_verified_by = "nothing had been begun";
    return;
  }
  const bool undone = attempt(receipt, "heal", [&] {
    on_every(ground.cluster, receipt.targets, [&](Host& host) { undo(ground, host); });
  });
  if (!undone) return;
  receipt.healed = ground.now();
  attempt(receipt, "verify heal", [&] {
    receipt.heal_verified_by = ask_every(ground.cluster, receipt.targets,
                                         [&](Host& host) { return confirm(ground, host); });
    if (ground.undone) ground.undone();
    if (must_serve_again()) {
      await_database(ground, receipt.targets);
      receipt.heal_verified_by +=
          fmt::format("{}the database answers on {}", receipt.heal_verified_by.empty() ? "" : "; ",
                      fmt::join(receipt.targets, " "));
    }
    receipt.heal_verified = ground.now();
  });
}

}  // namespace tribunal
