// What MariaDB's errors mean for a statement that may have committed.
#pragma once

#include <string>

#include "harness/record/history.h"

namespace tribunal {

// failed: it was certainly rolled back, or never begun. `code`: an error number.
Outcome outcome_of_mariadb_error(const std::string& code);

}  // namespace tribunal
