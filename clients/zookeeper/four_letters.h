// The words of four letters by which an operator asks a ZooKeeper server about itself.
#pragma once

#include <string>

#include "clients/zookeeper/session.h"

namespace tribunal {

// What the server at `endpoint`, "10.0.0.1:2181", says to `word` before it hangs up; empty if that
// was not to be had by the deadline.
std::string zookeeper_says(const std::string& endpoint, const std::string& word, ZooDeadline until);

// The role that an answer to "srvr" tells: "leader" (one that stands alone, too), "follower", "".
std::string zookeeper_role_in(const std::string& answer);

}  // namespace tribunal
