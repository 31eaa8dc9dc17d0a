// The frame of faults by which members leave and come back. Whatever became of it in between, also
// by other faults, the heal makes each target a full member that serves; data is deleted only of
// one that all others have seen to be out.
#pragma once

#include <map>
#include <mutex>
#include <set>

#include "nemesis/database/member_state.h"
#include "nemesis/host_fault.h"

namespace tribunal {

class MemberFault : public HostFault {
 public:
  using HostFault::HostFault;

 protected:
  // What a fault is made of; each on one host at a time.
  // Takes the member out, running and with its data, and returns the identity that it had.
  std::string take_out(Ground& ground, Host& host);
  void end(Host& host);  // what runs there, if something does
  // Deletes its data. Pre: taken out.
  void wipe(Ground& ground, Host& host);
  // Makes it a member under another identity; what is started there then is that one.
  Member take_in(Ground& ground, Host& host);

  virtual std::string change(Ground& ground, Host& host) = 0;

 private:
  std::string strike(Ground& ground, Host& host) final;
  void undo(Ground& ground, Host& host) final;
  std::string confirm(Ground& ground, Host& host) final;
  std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                 Counters& counters) final;
  std::string one_step_back(Ground& ground, Host& host);

  std::mutex one_at_a_time_;
  std::map<std::string, std::string> was_;  // identity before, by host; guarded by one_at_a_time_
  std::set<std::string> fresh_;             // wiped since; guarded by one_at_a_time_
  std::mutex mutex_;
  std::map<std::string, Encounter> others_;  // since the removal, by host; guarded by mutex_
};

FaultKind blank_member_kind(std::string name, std::string summary);  // without `make`

template <class F>
FaultKind member_fault_kind(std::string name, std::string summary) {
  auto kind = blank_member_kind(std::move(name), std::move(summary));
  kind.make = [](const PlannedFault& planned) { return std::make_unique<F>(planned); };
  return kind;
}

}  // namespace tribunal
