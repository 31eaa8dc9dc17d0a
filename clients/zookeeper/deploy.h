// ZooKeeper 3.8: how it is found, started and looked at.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database zookeeper();

}  // namespace tribunal
