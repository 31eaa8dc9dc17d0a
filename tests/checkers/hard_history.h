// Histories on which a search has to try all orders, for every model: what a budget is for.
#pragma once

#include <string>

#include "harness/record/history.h"

namespace tribunal {

// `open` calls that change the object, all at once, each another change where the model has so
// many, and during all of them one answer that no order of them gives.
History all_orders_needed(const std::string& model, std::uint32_t open);

// Calls of few values, `open` of them at any moment, every tenth of them without an answer; all
// other answers are those of a real object, but for one close to the end.
History few_values(const std::string& model, std::uint32_t operations, std::uint32_t open);

}  // namespace tribunal
