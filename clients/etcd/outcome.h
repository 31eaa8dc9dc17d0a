// What an exchange with etcd says of a call: done, certainly not done, or nobody knows. The one
// table on which the innocence of a database hangs.
#pragma once

#include "clients/etcd/answer.h"
#include "clients/http/failure.h"

namespace tribunal {

// ok means an HTTP 200 whose body is a JSON object without an error in it; its shape is still to be
// checked.
Finding find_outcome(const Exchange& exchange, const Answer& answer, Effect effect,
                     Milliseconds timeout);

// Of a call whose answer came but made no sense.
Outcome outcome_of_nonsense(Effect effect);

}  // namespace tribunal
