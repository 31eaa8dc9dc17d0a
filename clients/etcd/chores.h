// What an operator of etcd does now and then.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

std::vector<Chore> etcd_chores();  // compact, defragment, move-leader, snapshot

}  // namespace tribunal
