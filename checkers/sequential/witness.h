// Why a history has no sequential order: the few steps that have none by themselves.
#pragma once

#include "checkers/sequential/order_problem.h"
#include "checkers/watch.h"
#include "harness/record/verdict.h"

namespace tribunal {

// pre: the steps of `versions` have no sequential order. Leaves steps out, more and more of them,
// for as long as the rest has none; a read goes with its write. What is left when the watch ends it
// is still a witness, but may be larger than need be.
std::vector<std::uint32_t> smallest_witness(const History& history, const Versions& versions,
                                            Watch& watch);

// Those steps (places in Versions::steps, ascending) with the orders that contradict each other.
Evidence sequential_evidence(const History& history, const Versions& versions,
                             const std::vector<std::uint32_t>& witness);

}  // namespace tribunal
