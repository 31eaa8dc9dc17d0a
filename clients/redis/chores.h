// What an operator does to Redis now and then.
#pragma once

#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

std::vector<Chore> redis_chores();

}  // namespace tribunal
