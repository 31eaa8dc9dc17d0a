#include "checkers/linearizability/models/model.h"

namespace tribunal {

std::string ListModel::show(const State& state) const {
  std::string shown;
  for (const Value value : state)
    shown += (shown.empty() ? "" : ", ") + history->values.show(value);
  return "[" + shown + "]";
}

}  // namespace tribunal
