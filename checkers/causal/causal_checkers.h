// causal, causal-convergent, causal-memory and pram, over registers of unique values and append
// lists. docs/consistency.md defines them; Bouajjani, Enea, Guerraoui and Hamza, "On Verifying
// Causal Consistency" (POPL 2017).
#pragma once

#include "harness/parts/checker.h"

namespace tribunal {

// CC and CCv: O(n * sessions * log n).
Verdict check_causal(const History&, const CheckOptions&, const Budget&);
Verdict check_causal_convergent(const History&, const CheckOptions&, const Budget&);

// CM and PRAM: for each session, what its reads force into one order, to a fixed point.
Verdict check_causal_memory(const History&, const CheckOptions&, const Budget&);
Verdict check_pram(const History&, const CheckOptions&, const Budget&);

}  // namespace tribunal
