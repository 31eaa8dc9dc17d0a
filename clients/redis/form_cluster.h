// Joins servers to a Redis Cluster: what `redis-cli --cluster create` does.
#pragma once

#include <cstddef>

#include "clients/redis/connection.h"
#include "harness/parts/database.h"

namespace tribunal {

// Half of the nodes, the first ones, are primaries with an equal share of the slots each, and the
// others follow them in turn. Throws Error(environment) with what did not come about in time.
void form_redis_cluster(const Deployment& deployment, RedisDeadline until);

}  // namespace tribunal
