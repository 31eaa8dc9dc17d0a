// Speaks to NATS JetStream in its text protocol.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where port 4222 is meant, or "10.0.0.1:14222". What stands where, in the
// stream "tribunal": a register is the last message of tribunal.register.3, empty where it was
// deleted; a list all messages of tribunal.list.3; a set a message of tribunal.set.3.17 for each
// element; a counter a message of tribunal.counter.3.5 for each increment by 5; a lock the message
// of tribunal.lock.3, deleted to free it; an id the sequence of a message. A queue is a subject of
// the stream "queue", with a consumer of its own from which elements are pulled and acknowledged.
// Versions and fences are sequences. Connects at the first call.
std::unique_ptr<Client> connect_nats(const std::string& address, const Deployment& deployment);

}  // namespace tribunal
