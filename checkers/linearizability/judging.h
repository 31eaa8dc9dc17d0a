// The core of every claim of linearizability: judges each key of a history and says which method
// did.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checkers/linearizability/model_catalogue.h"
#include "harness/parts/checker.h"

namespace tribunal {

// A claim, and the words that its verdict is told in.
struct LinearizabilityClaim {
  std::string checker;
  std::string_view subject;  // "the model register": knows its calls
  std::string_view choose;   // "a model": what else could be asked for
  std::string of_model;      // ", model register": after a method's name; may be empty
  std::string_view answers;  // "answers": what was acknowledged of `observers`
  std::string_view figure;   // "observations"
  std::string_view nothing;  // "nothing was observed"
  const ModelKind* kind = nullptr;
  std::vector<std::string> observers;  // calls without whose answers the claim is vacuous
  ModelOptions options;
};

// Throws Error(usage) on a call that the model does not know.
Verdict judge(const History& history, const LinearizabilityClaim& claim, const Budget& budget);

// What the options say of reads of nil; throws Error(usage) on what is neither any nor absent.
NilRead nil_read(const CheckOptions& options, NilRead otherwise);

}  // namespace tribunal
