// Lists: unique elements appended to a few hot keys, and reads of the whole, each of which must
// show a beginning of one log.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

Call read(Key key) { return ReadList{key, {}}; }

std::vector<CallKind> kinds() {
  return {{"read", CallKind::none, [](const Turn& turn, Random&) { return read(turn.key); }},
          {"append", CallKind::fresh, [](const Turn& turn, Random&) -> Call {
             return Append{turn.key, turn.fresh()};
           }}};
}

}  // namespace

Workload list_append_workload() {
  Workload workload;
  workload.name = "list-append";
  workload.summary = "append unique elements to lists and read them whole";
  workload.claim =
      "Every read of a list is a beginning of one log, in which acknowledged appends stand in the "
      "order of real time, and which no later read shows shorter.";
  workload.defaults.weights = {{"read", 5}, {"append", 5}};
  workload.traffic = drawn_from(kinds());
  workload.last_look = look_at_replicas(read);
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"log"};
  return workload;
}

}  // namespace tribunal
