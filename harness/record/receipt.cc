#include "harness/record/receipt.h"

#include <algorithm>

namespace tribunal {

std::string PlannedFault::name() const {
  std::string name = fault;
  for (const std::string* part : {&shape, &target}) {
    if (!part->empty()) name += " " + *part;
  }
  return name;
}

std::vector<std::string> hosts_named(const std::string& target,
                                     const std::vector<std::string>& hosts) {
  std::vector<std::string> names;
  for (std::size_t begin = 0; begin <= target.size();) {
    const auto end = std::min(target.find('+', begin), target.size());
    names.push_back(target.substr(begin, end - begin));
    if (std::find(hosts.begin(), hosts.end(), names.back()) == hosts.end()) return {};
    begin = end + 1;
  }
  return names;
}

}  // namespace tribunal
