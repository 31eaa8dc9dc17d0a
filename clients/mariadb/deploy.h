// MariaDB as a database under test: one server, or a Galera cluster.
#pragma once

#include "harness/parts/database.h"

namespace tribunal {

Database mariadb();

}  // namespace tribunal
