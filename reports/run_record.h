// What a run folder holds, read as far as it goes: a report is wanted most when a run was killed
// half-way, so what is missing or malformed becomes a note and never an exception.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/record/history.h"
#include "harness/record/run_folder.h"

namespace tribunal {

struct RunRecord {
  RunFacts facts;
  std::string spec;
  std::vector<Verdict> verdicts;
  std::vector<Receipt> receipts;                  // in order of their number
  std::vector<PlannedFault> never_begun;          // in the schedule, and without a receipt
  std::vector<std::string> notes;                 // of the facts, and what could not be read
  Judgement judgement = Judgement::inconclusive;  // the worst of the verdicts
};

RunRecord read_record(const RunFolder& folder);

// The history, or an empty one and a note in `notes`.
History read_history_into(const RunFolder& folder, std::vector<std::string>& notes);

// The verdict "faults": the judge's own, else what the receipts alone say (a fault that was never
// exercised is vacuous, one that failed or did not heal a harness error). Nothing when no fault was
// planned.
std::optional<Verdict> verdict_on_faults(const RunRecord& record);

}  // namespace tribunal
