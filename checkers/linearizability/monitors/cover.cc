#include "checkers/linearizability/monitors/cover.h"

#include <algorithm>

namespace tribunal {

std::vector<std::uint32_t> cover(std::vector<Stretch> stretches, std::uint32_t first,
                                 std::uint32_t last) {
  std::erase_if(stretches, [&](const Stretch& stretch) {
    return stretch.first > stretch.last || stretch.last < first || stretch.first > last;
  });
  std::sort(stretches.begin(), stretches.end(),
            [](const Stretch& a, const Stretch& b) { return a.first < b.first; });
  std::vector<std::uint32_t> chosen;
  std::size_t next = 0;
  std::uint32_t open = first;  // the first cell not yet covered
  while (open <= last && next < stretches.size()) {
    open = std::max(open, stretches[next].first);
    const Stretch* best = nullptr;
    for (; next < stretches.size() && stretches[next].first <= open; ++next) {
      if (best == nullptr || stretches[next].last > best->last) best = &stretches[next];
    }
    if (best->last < open) continue;
    chosen.push_back(best->element);
    open = best->last + 1;
    // What began earlier may reach no further than the best did.
  }
  return chosen;
}

}  // namespace tribunal
