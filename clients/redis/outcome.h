// What an exchange with Redis says of a call: done, certainly not done, or nobody knows. The one
// table on which the innocence of a database hangs.
#pragma once

#include "clients/finding.h"
#include "clients/redis/connection.h"
#include "harness/cluster/host.h"

namespace tribunal {

// ok means an answer that is no error; its shape is still to be checked.
Finding find_redis_outcome(const RedisExchange& exchange, Effect effect, Milliseconds timeout);

// Of a write that was carried out, and then had to be acknowledged by `wanted` replicas: `exchange`
// is the answer to WAIT. Never failed, since the write is there.
Finding find_wait_outcome(const RedisExchange& exchange, Int wanted, Milliseconds timeout);

// Throws as Client::invoke does: Rejected if failed, another exception if unknown, nothing if ok.
void require_done(const Finding& finding);

}  // namespace tribunal
