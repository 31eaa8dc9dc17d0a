// Groups of registers, written a few at a time by transactions and watched all the while.
#include <algorithm>

#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

constexpr std::size_t watched_registers = 4, most_at_once = 3;
// So many values a key at most, so that no two keys share one and a change that reached the watch
// of another group is known by its value.
constexpr Int values_a_key = Int{1} << 20;

Call watch(Key key) { return WatchGroup{key, 0, {}, {}}; }

Call write_some(const Turn& turn, Random& random) {
  std::vector<Key> which(watched_registers);
  for (std::size_t i = 0; i < which.size(); ++i) which[i] = static_cast<Key>(i);
  const std::size_t count = 1 + random.below(most_at_once);
  for (std::size_t i = 0; i < count; ++i)
    std::swap(which[i], which[i + random.below(which.size() - i)]);
  which.resize(count);
  std::sort(which.begin(), which.end());
  return WriteAll{turn.key, std::move(which), turn.key * values_a_key + turn.fresh(), {}};
}

}  // namespace

Workload watch_workload() {
  Workload workload;
  workload.name = "watch";
  workload.summary = "write registers by transactions and watch what becomes of them";
  workload.claim =
      "Watches show every change of their group up to the version that they name, in order, once, "
      "each transaction whole, and go on where they ended.";
  workload.defaults.weights = {{"watch", 3}, {"write", 7}};
  workload.defaults.operations_per_key = 400;
  // Watches are reads by another name, and progress takes them for writes.
  workload.minimums.acknowledged_reads = 0;
  workload.traffic = drawn_from(
      {{"watch", CallKind::none, [](const Turn& turn, Random&) { return watch(turn.key); }},
       {"write", CallKind::fresh, write_some}});
  workload.last_look = look_through_workers(watch);
  workload.checkers = {"watches"};
  return workload;
}

}  // namespace tribunal
