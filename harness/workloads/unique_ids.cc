// Unique ids: every worker asks for one after the other, all from one place.
#include "harness/workloads/catalogue.h"
#include "harness/workloads/generators.h"

namespace tribunal {
namespace {

Stream traffic(const Traffic& traffic) {
  return [traffic](std::size_t worker) {
    return paced(endless([](const Context&, Random&) -> Call {
                   return Generate{0, 0};
                 }),
                 traffic, worker);
  };
}

}  // namespace

Workload unique_ids_workload() {
  Workload workload;
  workload.name = "unique-ids";
  workload.summary = "ask for ids";
  workload.claim = "No id is given twice.";
  workload.defaults.weights = {{"generate", 1}};
  workload.minimums.acknowledged_reads = 0;
  workload.traffic = traffic;
  workload.checkers = {"unique-ids"};
  return workload;
}

}  // namespace tribunal
