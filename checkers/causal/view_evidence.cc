#include "checkers/causal/view_evidence.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/causal/causal_evidence.h"
#include "checkers/none.h"

namespace tribunal {
namespace {

// The same, as if nobody but one session had read anything.
Versions as_read_by(const Versions& versions, std::uint32_t session) {
  Versions own = versions;
  own.seen.clear();
  own.seen_starts.assign(1, 0);
  for (std::uint32_t step = 0; step < versions.steps.size(); ++step) {
    if (versions.steps[step].session == session) {
      const auto seen = versions.reads_from(step);
      own.seen.insert(own.seen.end(), seen.begin(), seen.end());
    }
    own.seen_starts.push_back(static_cast<std::uint32_t>(own.seen.size()));
  }
  return own;
}

// An order of two versions that a read of the session forces, with that read.
void show_forced(Witness& shown, const Versions& versions, std::span<const Ordered> orders,
                 std::uint32_t from, std::uint32_t to) {
  const std::uint32_t first = versions.writers[from], second = versions.writers[to];
  const bool list = versions.listed[versions.key_of[from]];
  shown.arrow(first, second, list ? "list order" : "known and not read");
  const auto order = std::lower_bound(orders.begin(), orders.end(), Ordered{from, to, 0});
  if (order == orders.end() || order->from != from || order->to != to) return;
  if (second != order->read) shown.arrow(second, order->read, "reads from");
  if (!list) shown.causal(first, order->read);
}

Evidence missed_evidence(const History& history, const Versions& versions,
                         const ViewConflict& conflict) {
  Witness witness(history, versions);
  const SessionStep& read = versions.steps[conflict.read];
  const std::string who = witness.who(conflict.read);
  if (conflict.version == none) {
    for (const std::uint32_t version : versions.reads_from(conflict.read)) {
      const std::uint32_t writer = versions.writers[version];
      if (versions.steps[writer].session != read.session || writer < conflict.read) continue;
      witness.arrow(conflict.read, writer, "session order");
      witness.reads_from(version, conflict.read);
    }
    return witness.make("read before its write", read.key,
                        fmt::format("{} read what it wrote only later", who), conflict.read);
  }
  const std::uint32_t writer = versions.writers[conflict.version];
  const auto path = causal_path(versions, writer, conflict.read, conflict.orders);
  Witness shown(history, versions);
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    const SessionStep &from = versions.steps[path[i]], &to = versions.steps[path[i + 1]];
    const auto seen = versions.reads_from(path[i + 1]);
    if (from.session == to.session) {
      shown.arrow(path[i], path[i + 1], "session order");
    } else if (to.read == from.wrote ||
               std::find(seen.begin(), seen.end(), from.wrote) != seen.end()) {
      shown.arrow(path[i], path[i + 1], "reads from");
    } else {
      show_forced(shown, versions, conflict.orders, from.wrote, to.wrote);
    }
  }
  shown.show(conflict.read);
  return shown.make(
      "known version missed", read.key,
      fmt::format("{} comes before the read of {} in any order of its own, yet it got {}",
                  shown.value(conflict.version), who,
                  versions.listed[read.key] ? "a list without it" : "the initial value"),
      conflict.read);
}

}  // namespace

Evidence view_evidence(const History& history, const Versions& versions,
                       const ViewConflict& conflict, bool causal) {
  const Versions own = causal ? versions : as_read_by(versions, conflict.session);
  if (!conflict.closing) return missed_evidence(history, own, conflict);
  return conflict_evidence(history, own, conflict.orders, *conflict.closing);
}

}  // namespace tribunal
