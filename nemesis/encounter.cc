#include "nemesis/encounter.h"

namespace tribunal {
namespace {

Encounter::Since read(const Ground& ground, const std::string& name) {
  const HostActivity& activity = ground.activity.host(ground.cluster.host(name).index());
  return {
      name, activity.ok, activity.failed, activity.unknown, activity.stalled, activity.in_flight};
}

}  // namespace

void Encounter::begin(const Ground& ground, const std::vector<std::string>& hosts) {
  before_.clear();
  for (const auto& name : hosts) before_.push_back(read(ground, name));
}

std::vector<Encounter::Since> Encounter::since(const Ground& ground) const {
  std::vector<Since> grown;
  for (const auto& before : before_) {
    const Since now = read(ground, before.host);
    grown.push_back({now.host, now.answered - before.answered, now.failed - before.failed,
                     now.unknown - before.unknown, now.stalled - before.stalled, now.in_flight});
  }
  return grown;
}

}  // namespace tribunal
