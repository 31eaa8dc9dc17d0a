// All of a run but its operations, as the JSON that the page reads; times in microseconds since the
// run began.
#pragma once

#include <string>

#include "harness/record/history.h"
#include "reports/html/columns.h"
#include "reports/run_record.h"

namespace tribunal {

// Fit to stand inside <script>.
std::string run_json(const RunRecord& record, const History& history, const Columns& columns);

}  // namespace tribunal
