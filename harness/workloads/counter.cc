// Counters: increments of a few sizes, and reads, which must lie between what was certainly counted
// and what may have been. Once with decrements, once without.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

Call read(Key key) { return ReadCounter{key, {}}; }

Int amount(Random& random) { return static_cast<Int>(1 + random.below(5)); }

std::vector<CallKind> kinds() {
  return {{"read", CallKind::none, [](const Turn& turn, Random&) { return read(turn.key); }},
          {"increment", CallKind::none,
           [](const Turn& turn, Random& random) -> Call {
             return Increment{turn.key, amount(random)};
           }},
          {"decrement", CallKind::none, [](const Turn& turn, Random& random) -> Call {
             return Increment{turn.key, -amount(random)};
           }}};
}

Workload counter_of(const std::string& name, std::map<std::string, int> weights) {
  Workload workload;
  workload.name = name;
  workload.defaults.weights = std::move(weights);
  workload.traffic = drawn_from(kinds());
  workload.last_look = look_at_replicas(read);
  workload.look_until = LookUntil::agreement;
  workload.checkers = {name};
  return workload;
}

}  // namespace

Workload counter_workload() {
  Workload workload = counter_of("counter", {{"read", 5}, {"increment", 5}});
  workload.summary = "increment counters and read them";
  workload.claim =
      "Every read of a counter returns at least what was acknowledged before it began, and at most "
      "what was begun before it ended.";
  return workload;
}

Workload pn_counter_workload() {
  Workload workload = counter_of("pn-counter", {{"read", 5}, {"increment", 3}, {"decrement", 2}});
  workload.summary = "increment and decrement counters and read them";
  workload.claim =
      "Every read of a counter returns what the acknowledged increments and decrements allow, with "
      "any of those under way.";
  return workload;
}

}  // namespace tribunal
