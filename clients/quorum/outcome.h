// What an exchange with a quorum-server says of a call: done, certainly not done, or nobody knows.
#pragma once

#include <nlohmann/json.hpp>

#include "clients/http/failure.h"

namespace tribunal {

// `answer` is the body, discarded unless it is one JSON object. ok means an HTTP 200 with such a
// body; its shape is still to be checked.
Finding find_quorum_outcome(const Exchange& exchange, const nlohmann::json& answer, Effect effect,
                            Milliseconds timeout);

}  // namespace tribunal
