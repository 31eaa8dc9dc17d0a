#include "nemesis/network/grudge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/record/error.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using Names = std::vector<std::string>;

Names slice(const Names& names, std::size_t from, std::size_t to) {
  return {names.begin() + static_cast<std::ptrdiff_t>(from),
          names.begin() + static_cast<std::ptrdiff_t>(to)};
}

std::string show(const Names& names) { return fmt::format("{}", fmt::join(names, " ")); }

// Neither side hears the other.
Partition cut_between(const Names& one, const Names& other) {
  Partition partition{{}, one, show(one) + " | " + show(other)};
  for (const auto& a : one)
    for (const auto& b : other) {
      partition.grudge[a].insert(b);
      partition.grudge[b].insert(a);
    }
  return partition;
}

Partition cut_at(const Names& order, std::size_t place) {
  return cut_between(slice(order, 0, place), slice(order, place, order.size()));
}

// Two halves that hear each other through one host only.
Partition bridge(const Names& order) {
  const std::size_t middle = order.size() / 2;
  Partition partition =
      cut_between(slice(order, 0, middle), slice(order, middle + 1, order.size()));
  partition.isolated = order;
  std::erase(partition.isolated, order[middle]);
  partition.detail += ", bridge " + order[middle];
  return partition;
}

// Every host hears the hosts around it in a circle, a majority, and no two the same.
Grudge windows_in_a_circle(const Names& order) {
  const std::size_t hosts = order.size(), majority = majority_of(hosts);
  Grudge grudge;
  for (std::size_t start = 0; start < hosts; ++start)
    for (std::size_t step = majority; step < hosts; ++step)
      grudge[order[(start + majority / 2) % hosts]].insert(order[(start + step) % hosts]);
  return grudge;
}

// There is no such circle for larger clusters: links are added between the least linked until each
// host, itself included, hears a majority.
Grudge links_of_the_least_linked(const Names& order) {
  std::map<std::string, std::set<std::string>> heard;
  for (const auto& name : order) heard[name].insert(name);
  const auto fewer = [&](const std::string& a, const std::string& b) {
    return heard[a].size() < heard[b].size();
  };
  while (true) {
    const std::string one = *std::min_element(order.begin(), order.end(), fewer);
    if (heard[one].size() >= majority_of(order.size())) break;
    Names others = order;
    std::erase_if(others, [&](const std::string& other) { return heard[one].contains(other); });
    const std::string other = *std::min_element(others.begin(), others.end(), fewer);
    heard[one].insert(other);
    heard[other].insert(one);
  }
  Grudge grudge;
  for (const auto& name : order)
    for (const auto& other : order)
      if (!heard[name].contains(other)) grudge[name].insert(other);
  return grudge;
}

Partition majorities_ring(const Names& order) {
  constexpr std::size_t largest_circle = 5;
  Partition partition;
  partition.grudge = order.size() <= largest_circle ? windows_in_a_circle(order)
                                                    : links_of_the_least_linked(order);
  partition.isolated = order;
  for (const auto& [name, dropped] : partition.grudge)
    partition.detail += fmt::format("{}{} drops {}", partition.detail.empty() ? "" : ", ", name,
                                    fmt::join(dropped, " "));
  return partition;
}

// Either the loner hears nobody or nobody hears the loner. The draw must not depend on who is the
// loner, or n1 would always be deaf and never mute.
Partition one_way(const PlannedFault& planned) {
  const Names& order = planned.order;
  const std::string& loner = order[0];
  const Names rest = slice(order, 1, order.size());
  const bool deaf = rest.size() < 2 ? planned.id % 2 == 0 : rest[0] < rest[1];
  Partition partition{{}, {loner}, {}};
  for (const auto& other : rest)
    partition.grudge[deaf ? loner : other].insert(deaf ? other : loner);
  partition.detail = deaf ? fmt::format("{} -> {} cut", show(rest), loner)
                          : fmt::format("{} -> {} cut", loner, show(rest));
  return partition;
}

}  // namespace

Partition partition_for(const PlannedFault& planned) {
  const Names& order = planned.order;
  const std::string& shape = planned.shape;
  if (order.size() < 2) throw Error(Blame::usage, "a partition needs at least 2 hosts");
  if (shape == "one-way") return one_way(planned);
  if (shape == "one") return cut_at(order, 1);
  if (shape == "halves") return cut_at(order, order.size() / 2);
  if (shape != "bridge" && shape != "majorities-ring")
    throw Error(Blame::usage, fmt::format("a partition cannot have the shape '{}'", shape),
                "one of: one, halves, majorities-ring, bridge, one-way");
  if (order.size() == 2) return cut_at(order, 1);
  return shape == "bridge" ? bridge(order) : majorities_ring(order);
}

}  // namespace tribunal
