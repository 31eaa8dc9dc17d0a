// Locks: a few workers contend for each. Nobody frees a lock whose holder lost its answer, so keys
// are replaced soon; who turns to the next one has let go of the one before.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

std::vector<CallKind> kinds() {
  return {{"acquire", CallKind::none,
           [](const Turn& turn, Random&) -> Call {
             if (turn.is_last) return Release{turn.key};
             return Acquire{turn.key, {}};
           }},
          {"release", CallKind::none,
           [](const Turn& turn, Random&) -> Call { return Release{turn.key}; }}};
}

}  // namespace

Workload lock_workload() {
  Workload workload;
  workload.name = "lock";
  workload.summary = "acquire and release locks";
  workload.claim =
      "No two processes hold a lock at once, only who holds it releases it, and where the database "
      "gives fences they grow.";
  workload.defaults.weights = {{"acquire", 5}, {"release", 5}};
  workload.defaults.operations_per_key = 100;
  workload.minimums.acknowledged_reads = 0;
  workload.traffic = drawn_from(kinds());
  workload.checkers = {"mutex"};
  return workload;
}

}  // namespace tribunal
