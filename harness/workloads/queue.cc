// Queues: unique elements put in and taken out, and at the end all taken out that is left, until
// every node finds every queue empty.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

// As many elements go in as are asked for, so that what is left in a queue is about the square root
// of the calls on it: a few rounds of the last look empty it.
constexpr std::size_t drains_a_round = 8;  // through each node

Call dequeue(Key key) { return Dequeue{key, {}}; }

std::vector<CallKind> kinds() {
  return {{"dequeue", CallKind::none, [](const Turn& turn, Random&) { return dequeue(turn.key); }},
          {"enqueue", CallKind::fresh, [](const Turn& turn, Random&) -> Call {
             return Enqueue{turn.key, turn.fresh()};
           }}};
}

Stream drain(const Traffic& traffic, const std::vector<std::uint64_t>& asked) {
  return [traffic, asked](std::size_t worker) {
    std::vector<Key> keys;
    for (const Key key : touched_keys(traffic, asked)) keys.insert(keys.end(), drains_a_round, key);
    return every_replica(keys, traffic, worker, dequeue);
  };
}

}  // namespace

Workload queue_workload() {
  Workload workload;
  workload.name = "queue";
  workload.summary = "enqueue and dequeue unique elements, and drain the queues in the end";
  workload.claim =
      "Every element that was put in comes out once, unless a dequeue whose answer was lost has "
      "it, "
      "and no other comes out.";
  workload.defaults.weights = {{"dequeue", 5}, {"enqueue", 5}};
  workload.minimums.acknowledged_reads = 0;
  workload.traffic = drawn_from(kinds());
  workload.last_look = drain;
  workload.look_until = LookUntil::agreement;
  workload.checkers = {"unordered-queue"};
  return workload;
}

}  // namespace tribunal
