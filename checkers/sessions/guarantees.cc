#include "checkers/sessions/guarantees.h"

#include <algorithm>

#include "checkers/sessions/session_pass.h"
#include "checkers/sessions/suspects.h"

namespace tribunal {

bool judge_sessions(const History& history, const Versions& versions, Watch& watch,
                    SessionFindings& findings) {
  const KeyWrites writes(versions);
  Lineup lineup(versions, writes);
  Suspects suspects(versions, writes, lineup);
  CausalOrder order(versions);
  if (!order.sweep(watch, [&](std::uint32_t step, const CausalOrder::View& view) {
        suspects.look(step, view);
      }))
    return false;
  findings.cyclic = order.cyclic();
  if (findings.cyclic) suspects.suspect_all_ranked();
  std::sort(suspects.reads.begin(), suspects.reads.end());
  SessionPass pass({history, versions, writes, lineup, order, findings.cyclic}, findings);
  return pass.run(watch, suspects.reads);
}

}  // namespace tribunal
