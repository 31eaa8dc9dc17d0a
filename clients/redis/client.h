// Speaks to Redis by its own protocol.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where port 6379 is meant, or "10.0.0.1:7000". What stands where: a
// register is a string "register:{3}", a counter and what ids are drawn from too, a set a set, a
// list and a queue a list, a lock a string that is there while it is held, its holder's token in
// it, a bank a hash of the accounts that money moved on, a group a string for each of its
// registers. Each call is one command or one script, whose keys are of one slot; what the server is
// told to carry out is sent to it once.
std::unique_ptr<Client> connect_redis(const std::string& address, const Deployment& deployment);

}  // namespace tribunal
