#include "harness/workloads/catalogue.h"

namespace tribunal {

Workload register_workload();
Workload set_workload();

const std::vector<Workload>& workloads() {
  static const std::vector<Workload> all = {register_workload(), set_workload()};
  return all;
}

}  // namespace tribunal
