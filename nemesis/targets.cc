#include "nemesis/targets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <mutex>
#include <set>
#include <stdexcept>

#include "harness/record/error.h"
#include "nemesis/every_host.h"

namespace tribunal {
namespace {

// Hosts that claim to lead, in the planned order. A host that cannot be asked claims nothing.
std::vector<std::string> claimed_leaders(Cluster& cluster, const std::vector<std::string>& order) {
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
  std::vector<std::string> leaders;
  for (const auto& name : order)
    if (leading.contains(name)) leaders.push_back(name);
  return leaders;
}

Targets choose_leader(Cluster& cluster, const std::vector<std::string>& order) {
  if (order.empty()) return {};
  const auto leaders = claimed_leaders(cluster, order);
  if (leaders.empty()) return {{order[0]}, fmt::format("{}, since no leader was known", order[0])};
  if (leaders.size() == 1) return {leaders, fmt::format("{}, the leader", leaders[0])};
  return {
      {leaders[0]},
      fmt::format("{}, one of those that claim to lead: {}", leaders[0], fmt::join(leaders, " "))};
}

}  // namespace

std::size_t majority_of(std::size_t hosts) { return hosts / 2 + 1; }

std::size_t minority_of(std::size_t hosts) { return hosts == 0 ? 0 : majority_of(hosts) - 1; }

std::vector<std::string> cut_targets(const std::vector<std::string>& order,
                                     const std::string& target) {
  std::size_t count = 0;
  if (target == "one") {
    count = 1;
  } else if (target == "minority") {
    count = minority_of(order.size());
  } else if (target == "majority") {
    count = majority_of(order.size());
  } else if (target == "all") {
    count = order.size();
  } else {
    throw Error(Blame::usage, fmt::format("a fault cannot have the target '{}'", target),
                "one of: one, minority, majority, leader, all");
  }
  count = std::min(count, order.size());
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)};
}

Targets choose_targets(Cluster& cluster, const PlannedFault& planned) {
  Targets targets;
  if (planned.target == "leader") {
    targets = choose_leader(cluster, planned.order);
  } else {
    targets.hosts = cut_targets(planned.order, planned.target);
    targets.detail = fmt::format("{}", fmt::join(targets.hosts, " "));
  }
  if (targets.hosts.empty())
    throw std::runtime_error(
        fmt::format("the {} of {} hosts is nobody", planned.target, planned.order.size()));
  return targets;
}

}  // namespace tribunal
