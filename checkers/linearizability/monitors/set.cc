// Elements do not touch each other, so a set is judged element by element: each must be able to
// come out after it went in. A lost removal need not have happened.
#include "checkers/linearizability/monitors/contents.h"

namespace tribunal {

MonitorFinding monitor_set(const History& history, std::span<const std::uint32_t> operations,
                           Watch& watch) {
  Contents contents;
  MonitorFinding finding =
      gather(history, operations, {Function::add, Function::remove}, watch, contents);
  if (finding.result == MonitorFinding::linearizable && !contents.empties.empty())
    return {MonitorFinding::not_applicable, "a removal names no element", {contents.empties[0]}};
  return finding;
}

}  // namespace tribunal
