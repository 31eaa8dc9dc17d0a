// The directions between two ends of the network: hosts, and the place of the clients.
#pragma once

#include <compare>
#include <set>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"

namespace tribunal {

struct Link {
  std::string from, to;
  auto operator<=>(const Link&) const = default;
};
using Links = std::set<Link>;

std::string show(const Link& link);  // "n1 -> n2"

enum class Towards { both, in, out };

// The links of the targets with all `others`, but those among `spared`.
Links links_of(const std::vector<std::string>& targets, const std::vector<std::string>& others,
               Towards towards, const std::set<std::string>& spared);

std::vector<std::string> receivers_of(const Links& links);
std::vector<std::string> senders_of(const Links& links);

}  // namespace tribunal
