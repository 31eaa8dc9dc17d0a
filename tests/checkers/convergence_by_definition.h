// Convergence as its definition reads: slow, plain, and sharing no code with the checker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/record/history.h"
#include "tests/checkers/convergence_history.h"

namespace tribunal {

struct ExpectedConvergence {
  std::string judgement;
  std::vector<std::string> offences;  // "anomaly key", sorted
};

// `within`: nanoseconds that agreement may take; nothing: not limited, and disagreement convicts
// after five seconds only.
ExpectedConvergence converges_by_definition(const History& history, Kind kind, Value initial,
                                            std::optional<std::int64_t> within);

}  // namespace tribunal
