// PostgreSQL as a database under test: one server, or a primary with streaming replicas and
// fail-over by promotion.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database postgresql();

}  // namespace tribunal
