// The server's door: JSON over HTTP/1.1.
//
//   POST /call        {"f": "write", "kind": "register", "key": 1, "value": 2, "token": ...}
//                     200 {"value" or "elements", "token", "version"}, or {"error"} with
//                     400 no such call, 409 refused, 503 nothing was done, 504 nobody knows
//   POST /peer/NAME   what other nodes send
//   /status           {"ready", "role"}, 503 unless ready: after an operation that needs a quorum
//   /applied          which updates this node has applied, and a digest of its state
#pragma once

#include "clients/quorum/server/levels/level.h"

namespace tribunal::quorum {

// Listens until the process ends. Throws std::runtime_error if the address cannot be had.
void serve(const Settings& settings, std::uint64_t life, Level& level);

}  // namespace tribunal::quorum
