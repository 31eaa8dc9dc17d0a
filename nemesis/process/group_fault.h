// The frame of a fault that puts the database's processes on each target into a control group with
// a limit. Processes that start later are taken in, too.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "nemesis/host_fault.h"
#include "nemesis/process/control_group.h"

namespace tribunal {

class GroupFault : public HostFault {
 public:
  GroupFault(PlannedFault plan, std::string controller)
      : HostFault(std::move(plan)), controller_(std::move(controller)) {}

 protected:
  // Sets the limit and says what it is, as the group's files say it now.
  virtual std::string limit(ControlGroup& group) = 0;
  // How often the limit was met so far, as "throttled 12 times"; nothing: not yet.
  virtual std::optional<std::string> limit_met(ControlGroup& group, Counters& counters,
                                               const std::string& host) = 0;

  std::string means() const override;

 private:
  std::string strike(Ground& ground, Host& host) final;
  void undo(Ground& ground, Host& host) final;
  std::string confirm(Ground& ground, Host& host) final;
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) final;
  ControlGroup* group_of(Host& host);

  const std::string controller_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<ControlGroup>> groups_;  // by host; guarded by mutex_
};

// Fills in what such kinds have in common.
FaultKind group_fault_kind(std::string name, std::string summary);

}  // namespace tribunal
