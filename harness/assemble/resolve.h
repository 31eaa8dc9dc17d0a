// Names in a spec -> parts. With the verbs beside it, the only place that knows every folder.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "harness/assemble/spec.h"
#include "harness/parts/database.h"
#include "harness/parts/workload.h"
#include "harness/record/receipt.h"
#include "harness/run/script.h"

namespace tribunal {

struct Resolved {
  std::shared_ptr<const Database> owner;  // of the next; nobody, where that is of the catalogue
  const Database& database;
  const Workload& workload;
  Traffic traffic;
  Minimums minimums;
  std::vector<PlannedFault> schedule;  // of a script: as if every wait took all its time
  std::optional<Script> script;
  std::string script_text;  // as written
  Deployment deployment;    // hosts and addresses are the cluster's to fill in
};

// Finds the parts, fills in defaults (a seed is drawn where none was given, and the spec says it
// from then on), and draws the schedule. Throws Error(usage) on unknown names and on flags that
// contradict each other, and Error(environment) when the database is not installed.
Resolved resolve(Spec& spec);

// Names of the checkers that a run of this spec is held against: those it names, else what the
// database promises under its options, else what the workload claims; and what they say in words.
std::vector<std::string> checkers_of(const Spec& spec);
std::string claim_of(const Spec& spec);

// The minimums of a workload with what the spec sets.
Minimums minimums_of(const Spec& spec, const Workload& workload);

}  // namespace tribunal
