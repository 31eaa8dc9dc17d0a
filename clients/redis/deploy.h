// Redis 7: how it is found, started and looked at.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database redis();

}  // namespace tribunal
