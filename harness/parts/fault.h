// One way to hurt a cluster, the proof that it hurt, and the way to make it good again.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"
#include "harness/record/activity.h"
#include "harness/record/receipt.h"

namespace tribunal {

// What a fault works with. `now` gives nanoseconds since the run began. The functions may be called
// from any thread.
struct Ground {
  Cluster& cluster;
  const Activity& activity;  // host i of the cluster is host i of it
  std::function<std::int64_t()> now;
  // Whether no other fault is in force right now, so that the database may be expected to serve;
  // empty: yes.
  std::function<bool()> alone;
  // Hosts on which another fault of the same resource is in force, so that they cannot be targets;
  // empty: none.
  std::function<std::set<std::string>()> held;
  // Called by a fault when it has undone itself and its own probes have seen that, before it waits
  // for the database to serve again: from then on it is no longer in force, and another of its
  // resource may begin. May be empty.
  std::function<void()> undone;
};

// One injection. The fault runner calls inject, then exercised now and then, then heal, from one
// thread. Each fills in its part of the receipt, times included; none throws for what the cluster
// did (that is Receipt::failure), and none waits longer than 20 s, or for a calm cluster. The
// destructor undoes nothing.
class Fault {
 public:
  virtual ~Fault() = default;

  // Installs the fault and observes it from outside: targets, detail, means, installed, observed,
  // observed_by.
  virtual void inject(Ground& ground, Receipt& receipt) = 0;
  // Looks whether the database has met it: exercised, exercised_by, counters. Called during the
  // fault, and a last time just before heal.
  virtual void exercise(Ground& ground, Receipt& receipt) = 0;
  // Undoes it and makes sure: healed, heal_verified, heal_verified_by. Safe twice over, and after a
  // failed inject.
  virtual void heal(Ground& ground, Receipt& receipt) = 0;
};

// A parameter of a fault.
struct FaultOption {
  std::string name;                 // "delay"
  std::vector<std::string> values;  // the first is the default; a random schedule draws one of them
  std::string summary;
};

// What a database may still be asked for: of hosts that are disturbed, everything; of those that
// are stopped, nothing until the heal; where the hardware betrays it and forgets or changes what it
// said it had stored, not even what was acknowledged before, so that a conviction tells of its
// repair, not of a broken promise.
enum class Harm { disturbs, stops, betrays };

// A fault by name, and what of it a schedule may draw.
struct FaultKind {
  std::string name;  // "partition"
  std::string summary;
  std::vector<std::string> shapes;   // drawn from, where the fault has shapes
  std::vector<std::string> targets;  // drawn from, where it has targets
  std::size_t least_hosts = 1;
  // Throws Error(usage) when an option has a value that it cannot have.
  std::function<std::unique_ptr<Fault>(const PlannedFault&)> make;
  std::vector<FaultOption> options = {};
  // Two faults of one resource are never in force on one host: "topology", "packets", "processes",
  // "clocks", "disks", "members". Empty: it goes with everything.
  std::string resource = {};
  Harm harm = Harm::disturbs;
  // Called once, before the database is started, when a schedule has the kind: starts tools, mounts
  // things. Throws Error(environment) with the fix. May be empty.
  std::function<void(Cluster&)> prepare = {};
  // Why this database cannot be hurt so, as "it has no members to remove"; empty text: it can. May
  // be empty.
  std::function<std::string(const Database&)> unfit = {};
  // Nanoseconds that it usually is in force beyond its planned duration, since it waits for a calm
  // moment to be installed or undone: a random schedule keeps that free.
  std::int64_t overtime = 0;
};

}  // namespace tribunal
