// One way to hurt a cluster, the proof that it hurt, and the way to make it good again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "harness/record/activity.h"
#include "harness/record/receipt.h"

namespace tribunal {

// What a fault works with. `now` gives nanoseconds since the run began.
struct Ground {
  Cluster& cluster;
  const Activity& activity;  // host i of the cluster is host i of it
  std::function<std::int64_t()> now;
};

// One injection. The fault runner calls inject, then exercised now and then, then heal, from one
// thread. Each fills in its part of the receipt, times included; none throws for what the cluster
// did (that is Receipt::failure), and none waits longer than 20 s. The destructor undoes nothing.
class Fault {
 public:
  virtual ~Fault() = default;

  // Installs the fault and observes it from outside: targets, detail, installed, observed,
  // observed_by.
  virtual void inject(Ground& ground, Receipt& receipt) = 0;
  // Looks whether the database has met it: exercised, exercised_by, counters. Called during the
  // fault, and a last time just before heal.
  virtual void exercise(Ground& ground, Receipt& receipt) = 0;
  // Undoes it and makes sure: healed, heal_verified, heal_verified_by. Safe twice over, and after a
  // failed inject.
  virtual void heal(Ground& ground, Receipt& receipt) = 0;
};

// A fault by name, and what of it a schedule may draw.
struct FaultKind {
  std::string name;  // "partition"
  std::string summary;
  std::vector<std::string> shapes;   // drawn from, where the fault has shapes
  std::vector<std::string> targets;  // drawn from, where it has targets
  std::size_t least_hosts = 1;
  std::function<std::unique_ptr<Fault>(const PlannedFault&)> make;
};

}  // namespace tribunal
