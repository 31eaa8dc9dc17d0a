// What a verdict shows as evidence, as a history of its own that can be judged by all orders.
#pragma once

#include <string>

#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// The operations shown, with the intervals and the outcomes that they are shown with.
History shown_by(const Evidence& evidence, const History& history);

// Whether no order of all those operations fits the model, whose object starts as `initial`.
bool impossible_by_itself(const Evidence& evidence, const History& history,
                          const std::string& model, Value initial);

// The same of a history.
bool impossible(const History& history, const std::string& model, Value initial);

}  // namespace tribunal
