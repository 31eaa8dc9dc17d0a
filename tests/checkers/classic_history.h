// Small random histories of what the classic checkers judge, and what their definitions say of
// them: plain, slow, and sharing no code with the checkers.
#pragma once

#include <cstdint>

#include "harness/record/history.h"
#include "harness/record/random.h"
#include "harness/record/verdict.h"

namespace tribunal {

// Registers of one group, each written once by transactions and read together, with reads that see
// the writes in their own order now and then.
History random_group(Random& random);

// Increments, and decrements where `least` is negative, and reads, bent now and then.
History random_counter(std::int64_t least, Random& random);

// How many reads lie outside of what some set of the increments gives, as Jepsen bounds it.
std::uint64_t counts_out_of_bounds(const History& history);

// Reads that are ahead of another, register by register, and behind it too.
bool forks(const History& history);

// Reads that lack a write which was acknowledged before one that they saw had begun.
std::uint64_t causal_reverses(const History& history);

std::uint64_t figure_of(const Verdict& verdict, const char* name);

}  // namespace tribunal
