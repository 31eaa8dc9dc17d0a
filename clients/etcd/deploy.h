// etcd as a database under test.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database etcd();

}  // namespace tribunal
