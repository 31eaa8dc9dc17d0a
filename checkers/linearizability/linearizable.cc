#include "checkers/linearizability/linearizable.h"

#include "checkers/linearizability/judging.h"
#include "checkers/options.h"
#include "harness/record/error.h"

namespace tribunal {

Verdict check_linearizable(const History& history, const CheckOptions& options,
                           const Budget& budget) {
  require_known(options);
  const auto named = options.more.find("model");
  const ModelKind& kind = model_kind(named == options.more.end() ? "" : named->second);
  if (options.more.contains("nil") && !kind.nil_option) {
    throw Error(Blame::usage, "the option nil is for reads of registers, not for " + kind.name,
                "leave it out");
  }
  const std::string subject = "the model " + kind.name;
  LinearizabilityClaim claim;
  claim.checker = "linearizable";
  claim.subject = subject;
  claim.choose = "a model";
  claim.of_model = ", model " + kind.name;
  claim.answers = "answers";
  claim.figure = "observations";
  claim.nothing = "nothing was observed";
  claim.kind = &kind;
  claim.observers = kind.observers;
  claim.options = {options.initial, nil_read(options, NilRead::any)};
  return judge(history, claim, budget);
}

}  // namespace tribunal
