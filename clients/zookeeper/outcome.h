// What an exchange with ZooKeeper says of a call: done, certainly not done, or nobody knows. The
// one table on which the innocence of a database hangs.
#pragma once

#include "clients/finding.h"
#include "clients/zookeeper/session.h"

namespace tribunal {

Effect effect_of(ZooVerb verb);

// ok means done; the shape of what came is still to be checked.
Finding find_zookeeper_outcome(const ZooAnswer& answer, Effect effect, Milliseconds timeout);

// Whether it is a refusal on which a call may go on in another way: no such node, the node is
// there, or its version is another. Each is decided by the leader before anything changes.
bool is_condition(const ZooAnswer& answer);

// Throws as Client::invoke does, unless it is ok.
void require_served(const ZooAnswer& answer, Effect effect, Milliseconds timeout);

}  // namespace tribunal
