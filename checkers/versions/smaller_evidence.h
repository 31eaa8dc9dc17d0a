// Looks for a smaller counterexample than the one that was found: a part of the history that
// violates the claim by itself, and nothing of which can be left out.
#pragma once

#include <functional>
#include <vector>

#include "checkers/versions/versions.h"
#include "harness/record/verdict.h"

namespace tribunal {

inline constexpr std::size_t small_enough = 6;  // operations

// What a part of the history shows against the claim; empty: nothing.
using JudgePart = std::function<std::vector<Evidence>(const History& part, Value initial)>;

// Puts the smallest that it finds first, if all of `evidence` show more than small_enough
// operations. The part that it begins with: all of a history of up to a thousand steps, else what
// the evidence shows. Always judges the same parts, a few hundred at most.
void look_for_smaller(const History& history, const Versions& versions, Value initial,
                      const JudgePart& judge, std::vector<Evidence>& evidence);

// The smallest first. What needs more than small_enough operations is shown only where nothing
// else is.
void show_smallest(std::vector<Evidence>& evidence);

}  // namespace tribunal
