#include "checkers/linearizability/linearizable_register.h"

#include "checkers/linearizability/judging.h"
#include "checkers/options.h"

namespace tribunal {

Verdict check_linearizable_register(const History& history, const CheckOptions& options,
                                    const Budget& budget) {
  require_known(options);
  LinearizabilityClaim claim;
  claim.checker = "linearizable-register";
  claim.subject = claim.checker;
  claim.choose = "a checker";
  claim.answers = claim.figure = "reads";
  claim.nothing = "nothing was read";
  claim.kind = &model_kind("cas-register");
  claim.observers = {"read"};
  claim.options = {options.initial, nil_read(options, NilRead::absent)};
  return judge(history, claim, budget);
}

}  // namespace tribunal
