// What a call whose request got no whole answer says of itself: certainly not done, or nobody
// knows. The same for every database that is spoken to over HTTP.
#pragma once

#include "clients/finding.h"
#include "clients/http/connection.h"

namespace tribunal {

// pre: exchange.code != CURLE_OK. A read has no effect however it ended.
Finding find_failure(const Exchange& exchange, Effect effect, Milliseconds timeout);

}  // namespace tribunal
