// The fault that moves the clocks of the database on each target host.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "nemesis/clock/host_clocks.h"
#include "nemesis/host_fault.h"

namespace tribunal {

class ClockFault final : public HostFault {
 public:
  // How the clocks of a host move; asked once for each target.
  using Motion = std::function<HostMotion(const Host&)>;
  ClockFault(PlannedFault planned, Motion motion);

 private:
  std::string strike(Ground& ground, Host& host) override;
  void undo(Ground& ground, Host& host) override;
  std::string confirm(Ground& ground, Host& host) override;
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) override;
  std::string means() const override;  // "vDSO", "libfaketime", or both

  HostMotion fit_for(Host& host, std::string& remark) const;
  Milliseconds wait_for_processes(const Ground& ground) const;
  std::string see_it(Ground& ground, Host& host, const HostMotion& motion);

  const Motion motion_;
  mutable std::mutex mutex_;
  std::set<ClockWay> ways_;                      // guarded by mutex_
  std::map<std::string, HostMotion> moved_;      // by host; guarded by mutex_
  std::map<std::string, std::int64_t> leads_;    // of monotonic clocks after the heal; so too
  std::map<std::string, std::string> restored_;  // what became of the processes; so too
};

}  // namespace tribunal
