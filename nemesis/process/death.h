// What faults by which the database ends have in common: how it meets them, and that it runs again
// after them.
#pragma once

#include "nemesis/host_fault.h"

namespace tribunal {

class DeathFault : public HostFault {
 public:
  using HostFault::HostFault;

 protected:
  void undo(Ground& ground, Host& host) override;
  std::string confirm(Ground&, Host&) override { return {}; }
  // Of a dead server nothing stalls: what is not answered fails.
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override;
};

// A kind of such faults: one of them at a time on a host.
template <class F>
FaultKind death_fault_kind(std::string name, std::string summary) {
  auto kind = host_fault_kind<F>(std::move(name), std::move(summary));
  kind.resource = "processes";
  kind.harm = Harm::stops;
  return kind;
}

}  // namespace tribunal
