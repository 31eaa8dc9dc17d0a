// The main job: cluster up, traffic and faults, heal, settle, last look, cluster down. What it
// leaves is a run folder; judging needs nothing else.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"
#include "harness/parts/fault.h"
#include "harness/parts/workload.h"
#include "harness/record/run_folder.h"
#include "harness/run/progress.h"
#include "harness/run/script.h"

namespace tribunal {

struct RunPlan {
  const Database& database;
  const Workload& workload;
  const std::vector<FaultKind>& fault_kinds;
  std::function<std::unique_ptr<Cluster>()>
      cluster;            // brings the hosts up; destroying it takes them down
  Deployment deployment;  // hosts and addresses are filled in here
  Traffic traffic;
  std::vector<PlannedFault> schedule;
  std::optional<Script> script;  // played instead of the schedule, which then only says what it has
  std::uint64_t seed = 0;
  Milliseconds ready_timeout{30'000};
  Milliseconds settle{1'000};
  Milliseconds agreement{10'000};  // how long a last look waits for all nodes to agree
};

// Fills in `facts` as it goes and writes them at the start (as not ended) and at the end.
// `interruption` names the signal once `stop` was asked: then it heals, collects what there is and
// returns early. Throws Error(environment) when the cluster or the database cannot be brought up,
// with the last lines of its log.
void run(RunPlan plan, const RunFolder& folder, RunFacts& facts, Progress& progress,
         std::stop_token stop, const std::function<std::string()>& interruption);

}  // namespace tribunal
