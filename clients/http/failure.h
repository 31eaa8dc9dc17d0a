// What a call whose request got no whole answer says of itself: certainly not done, or nobody
// knows. The same for every database that is spoken to over HTTP.
#pragma once

#include <string>

#include "clients/http/connection.h"
#include "harness/record/history.h"

namespace tribunal {

enum class Effect { reads, writes };  // what the call may do to the database

struct Finding {
  Outcome outcome = Outcome::unknown;
  std::string error;  // short and stable, since it goes into histories and reports; empty for ok
};

// pre: exchange.code != CURLE_OK. A read has no effect however it ended.
Finding find_failure(const Exchange& exchange, Effect effect, Milliseconds timeout);

}  // namespace tribunal
