#include "checkers/sessions/movement.h"

#include <fmt/core.h>

#include "harness/record/figure.h"

namespace tribunal {

std::string SessionMoves::caution() const {
  return moved != 0 || sessions == 0
             ? ""
             : "; but no session visited more than one node, so that little could show";
}

SessionMoves movement_of(const History& history, const Versions& versions) {
  SessionMoves movement;
  movement.sessions = versions.sessions();
  for (std::uint32_t session = 0; session < versions.sessions(); ++session) {
    std::uint16_t node = 0;
    for (const SessionStep& step : versions.session(session)) {
      const std::uint16_t at = history.operations[step.operation].node;
      if (at == 0 || at == node) continue;
      if (node != 0) {
        ++movement.moved;
        break;
      }
      node = at;
    }
  }
  return movement;
}

std::string rate(std::uint64_t bad, std::uint64_t all, const std::string& what) {
  const double percent = all == 0 ? 0 : 100.0 * static_cast<double>(bad) / static_cast<double>(all);
  return fmt::format("{} of {} {}, {:.2f} %", grouped(bad), grouped(all), what, percent);
}

}  // namespace tribunal
