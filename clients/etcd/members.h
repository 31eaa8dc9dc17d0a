// How members of an etcd cluster come and go.
#pragma once

#include <string>

#include "harness/parts/database.h"

namespace tribunal {

MemberFunctions etcd_members();

// The member's name and how it is to begin, as flags of the server: --initial-cluster and
// --initial-cluster-state. A host that was wiped joins the members that there are, until it has a
// log of its own; after that etcd goes by the log, whatever the flags say.
std::vector<std::string> etcd_start_flags(Host& host, const Deployment& deployment);

std::string etcd_peer_url(const std::string& address);

}  // namespace tribunal
