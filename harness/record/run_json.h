// The JSON forms of what a run folder holds besides its history. Each pair is an inverse of the
// other.
#pragma once

#include <vector>

#include "harness/record/json_document.h"
#include "harness/record/receipt.h"
#include "harness/record/run_folder.h"
#include "harness/record/verdict.h"

namespace tribunal {

Json to_json(const PlannedFault& planned);
Json to_json(const Receipt& receipt);
Json to_json(const Verdict& verdict);
Json to_json(const std::vector<Verdict>& verdicts);  // with the overall judgement and its exit code
Json to_json(const RunFacts& facts);

PlannedFault planned_fault_from(const JsonField& field);
Receipt receipt_from(const JsonField& field);
std::vector<Verdict> verdicts_from(const JsonField& field);
RunFacts facts_from(const JsonField& field);

}  // namespace tribunal
