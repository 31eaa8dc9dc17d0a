// From a history and its receipts to verdicts. A checker that throws is a harness error, never a
// pass.
#pragma once

#include <string>
#include <vector>

#include "harness/parts/checker.h"
#include "harness/parts/workload.h"
#include "harness/record/receipt.h"
#include "harness/record/run_folder.h"

namespace tribunal {

// Runs one checker within its budget. Error(usage), the history does not speak about this claim,
// passes through.
Verdict judge(const Checker& checker, const History& history, const CheckOptions& options,
              const Budget& budget);

// The checker "faults": every planned fault was met by the database and is gone. A fault without a
// verified heal is a harness error; a kind that was never exercised, or fewer than `least_share` of
// all, is vacuous.
Verdict judge_faults(const std::vector<PlannedFault>& schedule,
                     const std::vector<Receipt>& receipts, double least_share);

// The checker "run": it ended, by itself, with its last look, and its history is whole; else
// inconclusive.
Verdict judge_course(const RunFacts& facts, const History& history);

// Minimums as options of the checker "progress".
void set_minimums(CheckOptions& options, const Minimums& minimums);

}  // namespace tribunal
