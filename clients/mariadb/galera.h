// What an operator of a Galera cluster looks at, and does when all of it has lost its quorum.
#pragma once

#include <stop_token>

#include "harness/cluster/cluster.h"
#include "harness/parts/database.h"

namespace tribunal {

struct GaleraView {
  bool primary = false;  // of a primary component
  bool synced = false;   // and serves
  long long committed = 0;
  std::size_t members = 0;
};
// Nothing where the node does not answer in time.
std::optional<GaleraView> look_at_galera(const std::string& address, Milliseconds patience);

// Where for five seconds none that answers has been of a primary component, and now every node
// answers, one that has committed most is told to begin one.
void watch_over_galera(Cluster& cluster, const Deployment& deployment, const std::stop_token& stop);

}  // namespace tribunal
