// The frame of a fault that does something to each of its targets by itself: targets are chosen,
// all are acted on at the same time, and the receipt is filled in. A fault says what it does to one
// host, how it sees that, and how it is undone.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/parts/fault.h"
#include "nemesis/encounter.h"

namespace tribunal {

class HostFault : public Fault {
 public:
  explicit HostFault(PlannedFault planned) : planned_(std::move(planned)) {}

  void inject(Ground& ground, Receipt& receipt) final;
  void exercise(Ground& ground, Receipt& receipt) final;
  void heal(Ground& ground, Receipt& receipt) final;

 protected:
  const PlannedFault& planned() const { return planned_; }

  // Each of these is called for all targets at once, from threads of their own, and throws what
  // went wrong.

  // Does it, sees that it is done, and says what was seen: "5 processes ended with status 137". A
  // host at which it throws NotHere is left out; where all do, targets are chosen anew.
  virtual std::string strike(Ground& ground, Host& host) = 0;
  // Undoes whatever strike did or only began; safe twice over.
  virtual void undo(Ground& ground, Host& host) = 0;
  // Sees that it is gone, and says what was seen: "no process in state T".
  virtual std::string confirm(Ground& ground, Host& host) = 0;

  // How the database on that host has met the fault so far, as "7 calls failed on n1"; nothing:
  // not yet. `since` is what calls to the host met since the strike began (lost answers) and ended
  // (the rest). May add counters.
  struct Meeting {
    Encounter::Since began, ended;
    std::int64_t lasted = 0;  // nanoseconds since it was observed
  };
  using Counters = std::vector<std::pair<std::string, std::int64_t>>;
  virtual std::optional<std::string> met(Ground& ground, Host& host, const Meeting& meeting,
                                         Counters& counters);

  // For how long targets are chosen anew while nothing can be struck.
  virtual Milliseconds patience() const;
  // Whether the database must answer through every target, once no other fault is in force, before
  // the heal is verified.
  virtual bool must_serve_again() const { return true; }
  // By which means, where there are several; asked after the strike.
  virtual std::string means() const { return {}; }

 private:
  // Whether it is of no use to choose again: something was struck, or went wrong.
  bool strike_chosen(Ground& ground, PlannedFault& plan, Receipt& receipt);

  const PlannedFault planned_;
  Encounter began_, ended_;
  std::int64_t observed_ = 0;
};

// A kind whose faults are of class F, made from its planned fault; with targets for any number of
// hosts.
template <class F>
FaultKind host_fault_kind(std::string name, std::string summary) {
  FaultKind kind;
  kind.name = std::move(name);
  kind.summary = std::move(summary);
  kind.targets = {"one", "minority", "majority", "leader", "all"};
  kind.make = [](const PlannedFault& planned) { return std::make_unique<F>(planned); };
  return kind;
}

}  // namespace tribunal
