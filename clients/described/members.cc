#include "clients/described/members.h"

#include <algorithm>
#include <sstream>

namespace tribunal {
namespace {

// "n2", "10.77.0.2" and "10.77.0.2:2380" are the same node.
std::string node_of(const std::string& text, const Deployment& deployment) {
  for (std::size_t i = 0; i < deployment.hosts.size(); ++i) {
    const std::string& address = deployment.addresses[i];
    if (text == deployment.hosts[i] || text == address || text.starts_with(address + ":"))
      return deployment.hosts[i];
  }
  return {};
}

}  // namespace

std::optional<MemberView> members_said(const std::string& text, const Deployment& deployment) {
  MemberView members;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, node, state, more;
    if (!(words >> id)) continue;
    if (!(words >> node)) return {};
    words >> state;
    if ((words >> more) || !(state.empty() || state == "started" || state == "unstarted"))
      return {};
    members.push_back({id, node_of(node, deployment), state == "started"});
  }
  if (members.empty()) return {};
  std::sort(members.begin(), members.end(),
            [](const Member& a, const Member& b) { return a.id < b.id; });
  return members;
}

}  // namespace tribunal
