// Makes a set of steps that proves something smaller: leaves out some of them for as long as the
// rest still proves it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace tribunal {

// Leaves out many of `groups` at once first, then fewer, down to single ones, in their order.
// group_of(step): the group of a step. rest_of(steps): these or fewer steps that still prove it;
// empty: they do not. ended(): whether to stop, with what there is by then.
template <class GroupOf, class RestOf, class Ended>
std::vector<std::uint32_t> leave_out(std::vector<std::uint32_t> steps,
                                     std::vector<std::uint32_t> groups, const GroupOf& group_of,
                                     const RestOf& rest_of, const Ended& ended) {
  for (std::size_t chunk = std::max<std::size_t>(1, groups.size() / 2);; chunk = (chunk + 1) / 2) {
    std::erase_if(groups, [&](std::uint32_t group) {
      return std::none_of(steps.begin(), steps.end(),
                          [&](std::uint32_t step) { return group_of(step) == group; });
    });
    for (std::size_t from = 0; from < groups.size() && !ended(); from += chunk) {
      const auto first = groups.begin() + static_cast<std::ptrdiff_t>(from);
      const auto last =
          groups.begin() + static_cast<std::ptrdiff_t>(std::min(groups.size(), from + chunk));
      std::vector<std::uint32_t> fewer;
      for (const std::uint32_t step : steps) {
        if (std::find(first, last, group_of(step)) == last) fewer.push_back(step);
      }
      if (fewer.size() == steps.size()) continue;
      fewer = rest_of(std::move(fewer));
      if (!fewer.empty()) steps = std::move(fewer);
    }
    if (chunk == 1 || ended()) return steps;
  }
}

}  // namespace tribunal
