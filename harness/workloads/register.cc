// Registers: read, write, compare-and-set on a few keys at a time, every value written once a key,
// so that a read names its writer and the judge is fast and exact.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

// What the register may hold by now, guessed without a look at any answer: mostly this worker's own
// last value, sometimes that of a fellow who writes as often.
Int likely_value(const Turn& turn, Random& random) {
  const auto member =
      random.below(4) == 0 ? random.below(turn.course.group_size()) : turn.course.member();
  return turn.element(turn.given - 1, member);
}

Call compare_and_set(const Turn& turn, Random& random) {
  if (turn.given == 0) return Write{turn.key, turn.fresh()};
  return Cas{turn.key, likely_value(turn, random), turn.fresh()};
}

}  // namespace

Workload register_workload() {
  Workload workload;
  workload.name = "register";
  workload.summary = "read, write and compare-and-set registers";
  workload.claim =
      "Every read, write and compare-and-set of a key takes effect at one moment between its call "
      "and its answer.";
  workload.defaults.weights = {{"read", 5}, {"write", 3}, {"cas", 2}};
  workload.traffic =
      drawn_from({register_reads(), register_writes(), {"cas", CallKind::fresh, compare_and_set}});
  workload.last_look = look_at_replicas(read_register);
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"linearizable-register"};
  return workload;
}

Workload read_write_workload() {
  Workload workload = register_workload();
  workload.name = "read-write";
  workload.summary = "read and write registers, for databases that have no compare-and-set";
  workload.claim =
      "Every read and write of a key takes effect at one moment between its call and its answer.";
  workload.defaults.weights = {{"read", 5}, {"write", 5}};
  return workload;
}

}  // namespace tribunal
