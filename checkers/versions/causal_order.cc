#include "checkers/versions/causal_order.h"

namespace tribunal {

CausalOrder::CausalOrder(const Versions& versions)
    : versions_(versions), columns_(number_columns(versions, column_)), clocks_(columns_) {}

std::size_t CausalOrder::number_columns(const Versions& versions,
                                        std::vector<std::uint32_t>& column) {
  std::uint32_t columns = 0;
  column.assign(versions.sessions(), none);
  for (std::uint32_t step = 0; step < versions.steps.size(); ++step) {
    for (const std::uint32_t version : versions.reads_from(step)) {
      const std::uint32_t writer = versions.steps[versions.writers[version]].session;
      if (column[writer] == none && writer != versions.steps[step].session)
        column[writer] = columns++;
    }
  }
  return columns;
}

std::vector<std::uint32_t> CausalOrder::steps_by_invocation() const {
  std::uint32_t operations = 0;
  for (const SessionStep& step : versions_.steps)
    operations = std::max(operations, step.operation + 1);
  std::vector<std::uint32_t> steps(operations, none);
  for (std::uint32_t step = 0; step < versions_.steps.size(); ++step)
    steps[versions_.steps[step].operation] = step;
  std::erase(steps, none);
  return steps;
}

std::uint32_t CausalOrder::awaited(std::uint32_t step) const {
  for (const std::uint32_t version : versions_.reads_from(step)) {
    if (!met_[version]) return version;
  }
  return none;
}

bool CausalOrder::learn(std::uint32_t step, Clocks::Root& root, std::uint32_t token) {
  const std::uint32_t session = versions_.steps[step].session;
  bool learned = false;
  for (const std::uint32_t version : versions_.reads_from(step)) {
    const SessionStep& writer = versions_.steps[versions_.writers[version]];
    if (writer.session == session) continue;
    if (clocks_.at(root, column_[writer.session]) > writer.place) continue;
    clocks_.join(root, roots_[version], token);
    learned = true;
  }
  return learned;
}

void CausalOrder::note_stuck(const std::vector<std::uint32_t>& next) {
  for (std::uint32_t session = 0; session < versions_.sessions(); ++session) {
    if (next[session] < versions_.session_starts[session + 1]) stuck_.push_back(next[session]);
  }
}

}  // namespace tribunal
