#include "nemesis/network/links.h"

namespace tribunal {
namespace {

std::vector<std::string> distinct(const Links& links, std::string Link::*end) {
  std::set<std::string> names;
  for (const auto& link : links) names.insert(link.*end);
  return {names.begin(), names.end()};
}

}  // namespace

std::string show(const Link& link) { return link.from + " -> " + link.to; }

Links links_of(const std::vector<std::string>& targets, const std::vector<std::string>& others,
               Towards towards, const std::set<std::string>& spared) {
  Links links;
  for (const auto& target : targets)
    for (const auto& other : others) {
      if (target == other || spared.contains(other)) continue;
      if (towards != Towards::out) links.insert({other, target});
      if (towards != Towards::in) links.insert({target, other});
    }
  return links;
}

std::vector<std::string> receivers_of(const Links& links) { return distinct(links, &Link::to); }
std::vector<std::string> senders_of(const Links& links) { return distinct(links, &Link::from); }

}  // namespace tribunal
