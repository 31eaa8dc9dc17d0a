#include "nemesis/targets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <stdexcept>

#include "harness/record/error.h"
#include "nemesis/every_host.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {
namespace {

using HostNames = std::vector<std::string>;

Targets choose_leader(Cluster& cluster, const HostNames& order) {
  if (order.empty()) return {};
  const auto leaders = claimed_leaders(cluster, order);
  if (leaders.empty()) return {{order[0]}, fmt::format("{}, since no leader was known", order[0])};
  if (leaders.size() == 1) return {leaders, fmt::format("{}, the leader", leaders[0])};
  return {
      {leaders[0]},
      fmt::format("{}, one of those that claim to lead: {}", leaders[0], fmt::join(leaders, " "))};
}

bool database_runs(const Ground& ground, const std::string& name) {
  try {
    return !live_processes(ground.cluster.host(name)).empty();
  } catch (const Error&) {
    return false;
  }
}

// Which hosts another fault leaves to this one: first those on which the database runs, since of
// the others it could meet nothing.
HostNames without_held(const Ground& ground, const HostNames& order) {
  HostNames free = order;
  if (ground.held) {
    const auto held = ground.held();
    std::erase_if(free, [&](const std::string& name) { return held.contains(name); });
  }
  std::stable_partition(free.begin(), free.end(),
                        [&](const std::string& name) { return database_runs(ground, name); });
  return free;
}

// Of several targets those on which the database runs, if it runs on any; the others are said.
void leave_out_the_dead(const Ground& ground, Targets& targets) {
  HostNames dead = targets.hosts;
  std::erase_if(dead, [&](const std::string& name) { return database_runs(ground, name); });
  if (dead.empty() || dead.size() == targets.hosts.size()) return;
  std::erase_if(targets.hosts, [&](const std::string& name) {
    return std::find(dead.begin(), dead.end(), name) != dead.end();
  });
  targets.detail = fmt::format("{}, not {}, where the database does not run",
                               fmt::join(targets.hosts, " "), fmt::join(dead, " "));
}

// The same for a target that names its hosts: it must have them all.
HostNames cut_free(const Ground& ground, const PlannedFault& planned) {
  const auto wanted = cut_targets(planned.order, planned.target);
  const auto free = without_held(ground, planned.order);
  if (!hosts_named(planned.target, planned.order).empty() || planned.target == "all") {
    for (const auto& name : wanted)
      if (std::find(free.begin(), free.end(), name) == free.end())
        throw std::runtime_error(name + " is held by another fault of its kind");
    return wanted;
  }
  return {free.begin(),
          free.begin() + static_cast<std::ptrdiff_t>(std::min(wanted.size(), free.size()))};
}

}  // namespace

HostNames claimed_leaders(Cluster& cluster, const HostNames& order) {
  if (!cluster.database_role) return {};
  std::mutex mutex;
  std::set<std::string> leading;
  try {
    on_every(cluster, order, [&](Host& host) {
      if (cluster.database_role(host) != "leader") return;
      const std::scoped_lock lock(mutex);
      leading.insert(host.name());
    });
  } catch (const std::runtime_error&) {  // a silent host is no reason to spare the others
  }
  HostNames leaders;
  for (const auto& name : order)
    if (leading.contains(name)) leaders.push_back(name);
  return leaders;
}

std::size_t majority_of(std::size_t hosts) { return hosts / 2 + 1; }

std::size_t minority_of(std::size_t hosts) { return hosts == 0 ? 0 : majority_of(hosts) - 1; }

HostNames cut_targets(const HostNames& order, const std::string& target) {
  std::size_t count = 0;
  if (target == "one") {
    count = 1;
  } else if (target == "minority") {
    count = minority_of(order.size());
  } else if (target == "minority-third") {
    count = order.empty() ? 0 : (order.size() - 1) / 3;
  } else if (target == "majority") {
    count = majority_of(order.size());
  } else if (target == "all") {
    count = order.size();
  } else if (auto named = hosts_named(target, order); !named.empty()) {
    return named;
  } else {
    throw Error(Blame::usage, fmt::format("a fault cannot have the target '{}'", target),
                fmt::format("one of: one, minority, minority-third, majority, leader, primaries, "
                            "all, or hosts by name such as {}",
                            order.empty() ? "n1" : order.front()));
  }
  count = std::min(count, order.size());
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)};
}

Targets choose_targets(Ground& ground, const PlannedFault& planned) {
  Targets targets;
  if (planned.target == "leader") {
    targets = choose_leader(ground.cluster, without_held(ground, planned.order));
  } else {
    targets.hosts = planned.target == "primaries"
                        ? claimed_leaders(ground.cluster, without_held(ground, planned.order))
                        : cut_free(ground, planned);
    targets.detail = fmt::format("{}", fmt::join(targets.hosts, " "));
  }
  if (hosts_named(planned.target, planned.order).empty()) leave_out_the_dead(ground, targets);
  if (targets.hosts.empty())
    throw std::runtime_error(
        fmt::format("the {} of {} hosts is nobody", planned.target, planned.order.size()));
  return targets;
}

}  // namespace tribunal
