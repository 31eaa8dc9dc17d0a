// Sessions that wander between nodes over a few busy registers: reads and writes only, every value
// written once a key, so that a read names its writer. What session guarantees, causal and
// sequential consistency and staleness are judged on.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {

Workload sessions_workload() {
  constexpr std::size_t keys_at_once = 3;  // few, so that a reader can tell versions apart
  Workload workload;
  workload.name = "sessions";
  workload.summary = "read and write registers by sessions that move between nodes";
  workload.claim =
      "Each session sees its own writes, never older than what it saw before, and others' writes "
      "in the order in which they were made or depend on each other.";
  workload.defaults.weights = {{"read", 6}, {"write", 4}};
  workload.defaults.movement = Movement::random;
  workload.defaults.processes_per_key = 10;
  workload.defaults.operations_per_key = 1000;
  workload.traffic = drawn_from({register_reads(), register_writes()}, keys_at_once);
  workload.last_look = look_at_replicas(read_register, keys_at_once);
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"read-your-writes", "monotonic-reads", "monotonic-writes",
                       "writes-follow-reads"};
  return workload;
}

}  // namespace tribunal
