// What a failed statement says of its call: certainly without effect, or nobody knows. The same for
// every SQL server, but for what their error codes mean.
#pragma once

#include <string>

#include "clients/sql/dialogue.h"
#include "clients/sql/session.h"
#include "harness/record/history.h"

namespace tribunal {

enum class SqlEffect { reads, writes };  // what the call may do to the database

// Of a statement that may have committed: failed only where the server that answers with `code`
// has certainly rolled back.
using OutcomeOfCode = Outcome (*)(const std::string& code);

Outcome find_sql_outcome(const SqlFailure& failure, SqlEffect effect, Reach reach,
                         OutcomeOfCode outcome_of_code);

}  // namespace tribunal
