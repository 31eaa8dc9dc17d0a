#include "nemesis/process/group_fault.h"

#include <fmt/format.h>

#include <stdexcept>

#include "nemesis/not_here.h"
#include "nemesis/process/live_processes.h"

namespace tribunal {

std::string GroupFault::means() const {
  return groups_.empty() ? "" : fmt::format("cgroup v{}", groups_.begin()->second->version());
}

ControlGroup* GroupFault::group_of(Host& host) {
  const std::scoped_lock lock(mutex_);
  const auto found = groups_.find(host.name());
  return found == groups_.end() ? nullptr : found->second.get();
}

std::string GroupFault::strike(Ground& ground, Host& host) {
  const auto processes = host.local_processes();
  if (live_processes(host).empty() || processes.empty())
    throw NotHere("nothing was running that could be limited");
  auto made = std::make_unique<ControlGroup>(
      ground.cluster.journal(), find_group_place(controller_), controller_ + "-" + host.name());
  ControlGroup& group = *made;
  {
    const std::scoped_lock lock(mutex_);
    groups_[host.name()] = std::move(made);
  }
  const std::string limited = limit(group);
  group.take(processes);
  if (group.size() == 0) throw std::runtime_error("the control group stayed empty");
  return fmt::format("{} processes in a control group of {}", group.size(), limited);
}

void GroupFault::undo(Ground& ground, Host& host) {
  if (ControlGroup* group = group_of(host)) group->close();
  if (live_processes(host).empty()) ground.cluster.start_database(host);
}

std::string GroupFault::confirm(Ground&, Host& host) {
  const ControlGroup* group = group_of(host);
  if (group != nullptr && group->exists())
    throw std::runtime_error("the control group is still there");
  return "the control group is gone";
}

std::optional<std::string> GroupFault::met(Ground&, Host& host, const Meeting&,
                                           Counters& counters) {
  ControlGroup* group = group_of(host);
  if (group == nullptr || !group->exists()) return {};
  group->take(host.local_processes());
  const auto how = limit_met(*group, counters, host.name());
  if (!how) return {};
  return fmt::format("{} on {}", *how, host.name());
}

FaultKind group_fault_kind(std::string name, std::string summary) {
  FaultKind kind;
  kind.name = std::move(name);
  kind.summary = std::move(summary);
  kind.targets = {"one", "minority", "majority", "leader", "all"};
  kind.resource = "processes";
  return kind;
}

}  // namespace tribunal
