#include "harness/record/receipt.h"

namespace tribunal {

std::string PlannedFault::name() const {
  std::string name = fault;
  for (const std::string* part : {&shape, &target}) {
    if (!part->empty()) name += " " + *part;
  }
  return name;
}

}  // namespace tribunal
