#include "checkers/catalogue.h"

#include "checkers/linearizable_register.h"

namespace tribunal {

const std::vector<Checker>& checkers() {
  static const std::vector<Checker> all = {
      {"linearizable-register",
       "Every read, write and compare-and-set of a register takes effect at one instant between "
       "its call and its answer.",
       check_linearizable_register},
  };
  return all;
}

}  // namespace tribunal
