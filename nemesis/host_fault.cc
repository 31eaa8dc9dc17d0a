#include "nemesis/host_fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <thread>

#include "nemesis/attempt.h"
#include "nemesis/every_host.h"
#include "nemesis/not_here.h"
#include "nemesis/process/live_processes.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using SaidByHosts = std::map<std::string, std::string>;

// In the order of the hosts: "n1: 5 processes; n2: 1 process".
std::string show_said(const std::vector<std::string>& hosts, const SaidByHosts& said) {
  std::vector<std::string> lines;
  for (const auto& host : hosts)
    if (const auto one = said.find(host); one != said.end() && !one->second.empty())
      lines.push_back(host + ": " + one->second);
  return fmt::format("{}", fmt::join(lines, "; "));
}

// What `look` says of each host; where it cannot be done, why, goes into `not_here` if that is
// wanted.
SaidByHosts ask_every(Cluster& cluster, const std::vector<std::string>& hosts,
                      const std::function<std::string(Host&)>& look,
                      SaidByHosts* not_here = nullptr) {
  std::mutex mutex;
  SaidByHosts said;
  on_every(cluster, hosts, [&](Host& host) {
    std::string one;
    try {
      one = look(host);
    } catch (const NotHere& why) {
      if (not_here == nullptr) throw;
      const std::scoped_lock lock(mutex);
      (*not_here)[host.name()] = why.what();
      return;
    }
    const std::scoped_lock lock(mutex);
    said[host.name()] = one;
  });
  return said;
}

}  // namespace

Milliseconds HostFault::patience() const {
  return Milliseconds(std::max<std::int64_t>(0, planned_.duration) / 1'000'000);
}

void HostFault::inject(Ground& ground, Receipt& receipt) {
  constexpr Milliseconds between_choices{100};
  const auto latest = ground.now() + std::chrono::nanoseconds(patience()).count();
  PlannedFault plan = planned_;
  while (true) {
    Receipt trial = receipt;
    if (strike_chosen(ground, plan, trial) || ground.now() >= latest) {
      receipt = std::move(trial);
      return;
    }
    std::this_thread::sleep_for(between_choices);
  }
}

// Hosts where it cannot be done are tried last from then on.
bool HostFault::strike_chosen(Ground& ground, PlannedFault& plan, Receipt& receipt) {
  const bool chosen = attempt(receipt, "choose targets", [&] {
    const Targets targets = choose_targets(ground, plan);
    receipt.targets = targets.hosts;
    receipt.detail = targets.detail;
  });
  if (!chosen) return false;
  began_.begin(ground, receipt.targets);
  SaidByHosts not_here;
  const auto is_here = [&](const std::string& host) { return !not_here.contains(host); };
  const bool went_well = attempt(receipt, planned_.fault, [&] {
    const auto seen = ask_every(
        ground.cluster, receipt.targets, [&](Host& host) { return strike(ground, host); },
        &not_here);
    const std::string missed = show_said(receipt.targets, not_here);
    if (seen.empty()) throw NotHere(missed);
    receipt.observed_by = show_said(receipt.targets, seen);
    if (!missed.empty()) receipt.detail += ", but not " + missed;
  });
  std::erase_if(receipt.targets, [&](const std::string& host) { return !is_here(host); });
  std::stable_partition(plan.order.begin(), plan.order.end(), is_here);
  ended_.begin(ground, receipt.targets);
  receipt.means = means();
  if (went_well) receipt.installed = receipt.observed = observed_ = ground.now();
  return !receipt.targets.empty();
}

void HostFault::exercise(Ground& ground, Receipt& receipt) {
  if (!receipt.installed || receipt.healed) return;
  attempt(receipt, "exercise", [&] {
    const auto began = began_.since(ground), ended = ended_.since(ground);
    Counters counters;
    std::vector<std::string> meetings;
    for (const auto& since_end : ended) {
      Host& host = ground.cluster.host(since_end.host);
      const auto since_begin = std::find_if(
          began.begin(), began.end(), [&](const auto& one) { return one.host == since_end.host; });
      const Meeting meeting{*since_begin, since_end, ground.now() - observed_};
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
    receipt.heal_verified_by =
        show_said(receipt.targets, ask_every(ground.cluster, receipt.targets,
                                             [&](Host& host) { return confirm(ground, host); }));
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
