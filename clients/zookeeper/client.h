// Speaks to ZooKeeper by its own library.
#pragma once

#include <memory>
#include <string>

#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where port 2181 is meant, or "10.0.0.1:12181". What stands where: a
// register is a node /register-3 with the value in it, empty where it was deleted; a counter one
// with its sum; a set a node with a child for each element; a list and a queue one with a child in
// sequence for each; a lock a node that is there while it is held. Versions and fences are numbers
// of transactions. Compare-and-set and increment are a look and a write for the version seen: who
// loses that race is failed. Begins its session at the first call.
std::unique_ptr<Client> connect_zookeeper(const std::string& address, const Deployment& deployment);

}  // namespace tribunal
