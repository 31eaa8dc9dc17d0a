// Why a set is not one: the add of an element and the reads that tell.
#pragma once

#include "checkers/classic/set_outcomes.h"
#include "harness/record/verdict.h"

namespace tribunal {

// pre: the element's outcome is unexpected, lost or stale.
Evidence set_evidence(const History& history, const SetOutcomes& set, std::uint32_t element);

// pre: the element is in one read twice.
Evidence duplicate_evidence(const History& history, const SetOutcomes& set, std::uint32_t element);

}  // namespace tribunal
