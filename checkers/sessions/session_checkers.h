// read-your-writes, monotonic-reads, monotonic-writes and writes-follow-reads: each a claim of its
// own, over registers of unique values and append lists. docs/consistency.md defines them.
#pragma once

#include <array>

#include "checkers/sessions/guarantees.h"
#include "harness/parts/checker.h"

namespace tribunal {

Verdict check_read_your_writes(const History&, const CheckOptions&, const Budget&);
Verdict check_monotonic_reads(const History&, const CheckOptions&, const Budget&);
Verdict check_monotonic_writes(const History&, const CheckOptions&, const Budget&);
Verdict check_writes_follow_reads(const History&, const CheckOptions&, const Budget&);

// All four at the price of one, in the order of `Guarantee`.
std::array<Verdict, guarantee_count> check_session_guarantees(const History&, const CheckOptions&,
                                                              const Budget&);

// The evidence of one offence.
Evidence offence_evidence(const History& history, const Versions& versions, Guarantee guarantee,
                          const Offence& offence);

}  // namespace tribunal
