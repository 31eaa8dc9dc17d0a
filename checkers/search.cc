#include "checkers/search.h"

namespace tribunal {

std::size_t widest(std::span<const Entry> entries) {
  std::vector<std::pair<std::uint32_t, int>> changes;
  for (const Entry& entry : entries) {
    changes.emplace_back(entry.began, 1);
    const std::uint32_t leaves = std::min(entry.ended, entry.retires);
    if (leaves != Operation::never) changes.emplace_back(leaves, -1);
  }
  std::sort(changes.begin(), changes.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  std::size_t open = 0, most = 0;
  for (const auto& [when, change] : changes) {
    open = change > 0 ? open + 1 : open - 1;
    most = std::max(most, open);
  }
  return most;
}

}  // namespace tribunal
