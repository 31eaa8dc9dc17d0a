#include "nemesis/network/grudge.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/record/error.h"
#include "harness/record/random.h"
#include "nemesis/targets.h"

namespace tribunal {
namespace {

using Names = std::vector<std::string>;

Names slice(const Names& names, std::size_t from, std::size_t to) {
  return {names.begin() + static_cast<std::ptrdiff_t>(from),
          names.begin() + static_cast<std::ptrdiff_t>(to)};
}

std::string show_names(const Names& names) { return fmt::format("{}", fmt::join(names, " ")); }

// Neither side hears the other.
Partition cut_between(const Names& one, const Names& other) {
  Partition partition{{}, one, show_names(one) + " | " + show_names(other)};
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
  partition.detail = deaf ? fmt::format("{} -> {} cut", show_names(rest), loner)
                          : fmt::format("{} -> {} cut", loner, show_names(rest));
  return partition;
}

// Each of them by itself, and the others together.
Partition each_alone(const Names& loners, const Names& order) {
  Names rest = order;
  for (const auto& loner : loners) std::erase(rest, loner);
  Partition partition{{}, loners, fmt::format("{}", fmt::join(loners, " | "))};
  for (const auto& loner : loners)
    for (const auto& other : order)
      if (other != loner) {
        partition.grudge[loner].insert(other);
        partition.grudge[other].insert(loner);
      }
  if (!rest.empty()) partition.detail += " | " + show_names(rest);
  return partition;
}

Partition primaries(const Names& order, const Names& leaders) {
  if (!leaders.empty()) return each_alone(leaders, order);
  Partition partition = cut_at(order, 1);
  partition.detail += ", since no leader was known";
  return partition;
}

// At least one host and not all.
Partition random_subset(const PlannedFault& planned) {
  Random random = Random::stream(planned.seed, "partition");
  return cut_at(planned.order, 1 + random.below(planned.order.size() - 1));
}

Partition majority_keeps(const PlannedFault& planned) {
  Random random = Random::stream(planned.seed, "partition");
  const std::size_t most = planned.order.size() - majority_of(planned.order.size());
  return cut_at(planned.order, 1 + random.below(std::max<std::size_t>(most, 1)));
}

Partition minority_third(const Names& order) {
  const std::size_t third = (order.size() - 1) / 3;
  Partition partition = cut_at(order, std::max<std::size_t>(third, 1));
  if (third == 0) partition.detail += ", one host, since less than a third would be nobody";
  return partition;
}

Partition clients_cut_off(const PlannedFault& planned, const Names& leaders) {
  const auto option = planned.options.find("clients");
  const std::string which = option == planned.options.end() ? "one" : option->second;
  Names hosts;
  if (which == "leader")
    hosts = leaders.empty() ? Names{planned.order[0]} : leaders;
  else
    hosts = cut_targets(planned.order, which);
  return cut_between(hosts, {Cluster::clients_name});
}

// "n1<n2,n2<n3"
Partition explicit_grudge(const std::string& text, const Names& order) {
  const auto is_end = [&](const std::string& name) {
    return name == Cluster::clients_name ||
           std::find(order.begin(), order.end(), name) != order.end();
  };
  Partition partition{{}, {}, text};
  std::set<std::string> named;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const std::string pair = text.substr(begin, end - begin);
    const auto sign = pair.find('<');
    const std::string host = pair.substr(0, sign);
    const std::string source = sign == std::string::npos ? "" : pair.substr(sign + 1);
    if (!is_end(host) || !is_end(source) || host == source)
      throw Error(Blame::usage,
                  fmt::format("the option grudge of the fault 'partition' cannot have '{}'", pair),
                  "give pairs such as n1<n2,n2<n3: n1 does not hear n2 and n2 does not hear n3");
    partition.grudge[host].insert(source);
    for (const auto& end_name : {host, source})
      if (end_name != Cluster::clients_name) named.insert(end_name);
    begin = end + 1;
  }
  partition.isolated.assign(named.begin(), named.end());
  return partition;
}

}  // namespace

Links Partition::cut() const {
  Links links;
  for (const auto& [host, sources] : grudge)
    for (const auto& source : sources) links.insert({source, host});
  return links;
}

const Names& partition_shapes() {
  static const Names all{"one",    "halves",    "majority", "minority-third", "majorities-ring",
                         "bridge", "primaries", "random",   "one-way",        "clients"};
  return all;
}

Partition partition_for(const PlannedFault& planned, const Names& leaders) {
  const Names& order = planned.order;
  const std::string& shape = planned.shape;
  const auto grudge = planned.options.find("grudge");
  if (grudge != planned.options.end() && grudge->second != "none")
    return explicit_grudge(grudge->second, order);
  const Names& shapes = partition_shapes();
  if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end())
    throw Error(Blame::usage, fmt::format("a partition cannot have the shape '{}'", shape),
                fmt::format("one of: {}", fmt::join(shapes, ", ")));
  if (shape == "clients") return clients_cut_off(planned, leaders);
  if (order.size() < 2) throw Error(Blame::usage, "a partition needs at least 2 hosts");
  if (shape == "one-way") return one_way(planned);
  if (shape == "one" || order.size() == 2) return cut_at(order, 1);
  if (shape == "halves") return cut_at(order, order.size() / 2);
  if (shape == "majority") return majority_keeps(planned);
  if (shape == "minority-third") return minority_third(order);
  if (shape == "primaries") return primaries(order, leaders);
  if (shape == "random") return random_subset(planned);
  return shape == "bridge" ? bridge(order) : majorities_ring(order);
}

}  // namespace tribunal
