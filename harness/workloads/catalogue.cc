#include "harness/workloads/catalogue.h"

namespace tribunal {

Workload register_workload();
Workload read_write_workload();
Workload sessions_workload();
Workload set_workload();

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = {register_workload(), read_write_workload(),
                                            set_workload(), sessions_workload()};
  return all;
}

}  // namespace tribunal
