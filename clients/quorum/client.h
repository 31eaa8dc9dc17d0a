// Speaks to one node of quorum.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where quorum's own port is meant, or "10.0.0.1:7000". The session's token
// goes with every call and comes back with every answer.
std::unique_ptr<Client> connect_quorum(const std::string& address, const Deployment& deployment);

// "10.0.0.1" -> "10.0.0.1:7000"; an address with a port is left as it is.
std::string quorum_endpoint(const std::string& address);

}  // namespace tribunal
