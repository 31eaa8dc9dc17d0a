// Grow-only sets: every element is added once; what was acknowledged must be in every later read.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

Call read(Key key) { return ReadSet{key, {}}; }

std::vector<CallKind> kinds() {
  return {{"read", CallKind::none, [](const Turn& turn, Random&) { return read(turn.key); }},
          {"add", CallKind::fresh, [](const Turn& turn, Random&) -> Call {
             return Add{turn.key, turn.fresh()};
           }}};
}

}  // namespace

Workload set_workload() {
  Workload workload;
  workload.name = "set";
  workload.summary = "add elements to sets and read them whole";
  workload.claim =
      "Every acknowledged element is in every later read of its set, once, and no other is there "
      "but what was attempted.";
  workload.defaults.weights = {{"read", 1}, {"add", 9}};
  workload.traffic = drawn_from(kinds());
  workload.last_look = look_at_replicas(read);
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"set"};
  return workload;
}

}  // namespace tribunal
