// Judges small histories by trying every order: slow, plain, and sharing no code with the checkers.
#pragma once

#include "harness/record/history.h"

namespace tribunal {

// Whether the operations, all of one key, are a linearizable register. A failed one never happened,
// an unknown one may have happened at any time after it began. Up to some twelve operations.
bool register_linearizable_by_all_orders(const History& history, Value initial);

// The first event whose prefix is impossible; pre: the whole is.
std::uint32_t first_impossible_event(const History& history, Value initial);

// The history cut after `event`: what was then open is unknown.
History prefix_of(const History& history, std::uint32_t event);

// A plain copy of the operations `began` at the given events.
History only(const History& history, const std::vector<std::uint32_t>& began);

}  // namespace tribunal
