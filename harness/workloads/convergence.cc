// Registers that are written and deleted through every node by sessions that move, many keys at
// once, and in the end looked at through every node until all agree: what convergence is judged on.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

CallKind deletes() {
  return {"delete", CallKind::none,
          [](const Turn& turn, Random&) -> Call { return Delete{turn.key}; }};
}

}  // namespace

Workload convergence_workload() {
  constexpr std::size_t keys_at_once = 8;
  Workload workload;
  workload.name = "convergence";
  workload.summary = "write and delete registers through every node, then look until all agree";
  workload.claim =
      "After the last heal all nodes come to hold the same value of each key, no acknowledged "
      "write that nothing follows is lost, and nothing that was gone comes back.";
  workload.defaults.weights = {{"read", 4}, {"write", 5}, {"delete", 1}};
  workload.defaults.movement = Movement::random;
  workload.defaults.processes_per_key = 10;
  workload.defaults.operations_per_key = 400;
  workload.traffic = drawn_from({register_reads(), register_writes(), deletes()}, keys_at_once);
  workload.last_look = look_at_replicas(read_register, keys_at_once);
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"convergence"};
  return workload;
}

}  // namespace tribunal
