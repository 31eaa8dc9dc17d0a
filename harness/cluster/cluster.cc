#include "harness/cluster/cluster.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/record/error.h"

namespace tribunal {

Host& Cluster::host(const std::string& name) {
  for (const auto& host : hosts_)
    if (host->name() == name) return *host;
  if (clients && clients->name() == name) return *clients;
  throw Error(Blame::usage, fmt::format("there is no host called '{}'", name),
              fmt::format("one of: {}", fmt::join(names(), ", ")));
}

std::vector<std::string> Cluster::names() const {
  std::vector<std::string> names;
  for (const auto& host : hosts_) names.push_back(host->name());
  return names;
}

}  // namespace tribunal
