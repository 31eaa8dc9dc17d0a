// What PostgreSQL's errors mean for a statement that may have committed.
#pragma once

#include <string>

#include "harness/record/history.h"

namespace tribunal {

// failed: it was certainly rolled back. `code`: an SQLSTATE.
Outcome outcome_of_sqlstate(const std::string& code);

}  // namespace tribunal
