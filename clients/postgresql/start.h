// Starts PostgreSQL on one host, as what it is there at that moment: the primary, or a standby of
// whoever is.
#pragma once

#include "clients/postgresql/standing.h"
#include "harness/cluster/host.h"

namespace tribunal {

// pre: the StandingMutex is held.
void start_postgresql(Host& host, const Deployment& deployment);

// "host=10.0.0.2 user=tribunal application_name=n1": how a standby finds its primary.
std::string standby_conninfo(const std::string& standby, const std::string& primary_address);

}  // namespace tribunal
