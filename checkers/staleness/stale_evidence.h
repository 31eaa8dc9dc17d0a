// A stale read, the write it missed, and what it returned instead.
#pragma once

#include "checkers/staleness/measurement.h"
#include "harness/record/verdict.h"

namespace tribunal {

Evidence stale_evidence(const History& history, const Sightings& sightings, const StaleRead& stale);

}  // namespace tribunal
