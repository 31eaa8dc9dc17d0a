#include "harness/workloads/catalogue.h"

namespace tribunal {

Workload bank_workload();
Workload causal_reverse_workload();
Workload convergence_workload();
Workload counter_workload();
Workload list_append_workload();
Workload lock_workload();
Workload long_fork_workload();
Workload pn_counter_workload();
Workload queue_workload();
Workload read_write_workload();
Workload register_workload();
Workload sessions_workload();
Workload set_workload();
Workload staleness_workload();
Workload unique_ids_workload();
Workload watch_workload();

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = {
      register_workload(),    read_write_workload(),  set_workload(),
      sessions_workload(),    convergence_workload(), staleness_workload(),
      counter_workload(),     pn_counter_workload(),  queue_workload(),
      list_append_workload(), lock_workload(),        unique_ids_workload(),
      bank_workload(),        long_fork_workload(),   causal_reverse_workload(),
      watch_workload()};
  return all;
}

}  // namespace tribunal
