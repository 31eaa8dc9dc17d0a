#include "checkers/versions/causal_order.h"

namespace tribunal {

CausalOrder::CausalOrder(const Versions& versions) : versions_(versions) {
  column_.assign(versions.sessions(), none);
  row_.assign(versions.writers.size(), none);
  for (std::uint32_t version = 0; version < versions.writers.size(); ++version) {
    if (versions.writers[version] == none) continue;
    row_[version] = static_cast<std::uint32_t>(rows_++);
    std::uint32_t& column = column_[versions.steps[versions.writers[version]].session];
    if (column == none) column = static_cast<std::uint32_t>(columns_++);
  }
}

std::uint32_t CausalOrder::awaited(std::uint32_t step) const {
  for (const std::uint32_t version : versions_.reads_from(step)) {
    if (!met_[version]) return version;
  }
  return none;
}

void CausalOrder::note_stuck(const std::vector<std::uint32_t>& next) {
  for (std::uint32_t session = 0; session < versions_.sessions(); ++session) {
    if (next[session] < versions_.session_starts[session + 1]) stuck_.push_back(next[session]);
  }
  cyclic_ = !stuck_.empty();
}

}  // namespace tribunal
