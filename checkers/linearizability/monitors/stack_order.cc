#include "checkers/linearizability/monitors/stack_order.h"

#include <algorithm>
#include <numeric>

#include "checkers/linearizability/monitors/cells.h"
#include "checkers/linearizability/monitors/cover_counts.h"
#include "checkers/linearizability/monitors/stabbing.h"

namespace tribunal {
namespace {

Cells cells_of(const std::vector<Stay>& elements, Event end) {
  Cells cells(end, 2 * elements.size() + 1);
  for (const Stay& element : elements) {
    if (!element.inside()) continue;
    cells.add_border(element.in_ended);
    cells.add_border(element.out_began);
  }
  cells.number();
  return cells;
}

CoverCounts counts_of(const std::vector<Stay>& elements, const Cells& cells) {
  std::vector<std::int32_t> counts(cells.size() + 1, 0);
  for (const Stay& element : elements) {
    if (!element.inside()) continue;
    ++counts[cells.after(element.in_ended)];
    --counts[cells.after(element.out_began)];
  }
  std::partial_sum(counts.begin(), counts.end(), counts.begin());
  counts.pop_back();
  return CoverCounts(counts);
}

// The pushes and pops of what is certainly inside for a while: anything else is taken away at once.
Stabbing calls_of(const std::vector<Stay>& elements, const Cells& cells) {
  std::vector<std::uint32_t> starts(cells.size() + 1, 0);
  std::size_t inside = 0;
  for (const Stay& element : elements) {
    if (!element.inside()) continue;
    ++inside;
    ++starts[cells.after(element.in_began) + 1];
    ++starts[cells.after(element.out_began) + 1];
  }
  std::partial_sum(starts.begin(), starts.end(), starts.begin());
  std::vector<StabbedStretch> calls(2 * inside);
  for (std::uint32_t place = 0; place < elements.size(); ++place) {
    const Stay& element = elements[place];
    if (!element.inside()) continue;
    const std::uint32_t in = cells.after(element.in_began), out = cells.after(element.out_began);
    calls[starts[in]++] = {in, cells.before(element.in_ended), place};
    calls[starts[out]++] = {out, cells.before(element.out_ended), place};
  }
  return Stabbing(std::move(calls));
}

}  // namespace

std::vector<std::uint32_t> stuck(const std::vector<Stay>& elements, Event end, Watch& watch) {
  const Cells cells = cells_of(elements, end);
  CoverCounts counts = counts_of(elements, cells);
  Stabbing calls = calls_of(elements, cells);
  std::vector<std::uint8_t> placed(elements.size(), 0);
  std::size_t left = 0;
  for (const Stay& element : elements) left += element.inside() ? 1 : 0;
  while (left > 0) {
    if (watch.spent()) return {};
    const std::uint32_t cell = counts.take_bare();
    if (cell == CoverCounts::none) break;
    calls.take(cell, [&](std::uint32_t place) {
      if (++placed[place] < 2) return;
      counts.uncover(cells.after(elements[place].in_ended),
                     cells.before(elements[place].out_began));
      --left;
    });
  }
  std::vector<std::uint32_t> places;
  for (std::uint32_t place = 0; left > 0 && place < elements.size(); ++place) {
    if (elements[place].inside() && placed[place] < 2) places.push_back(place);
  }
  return places;
}

std::vector<std::uint32_t> fewest_stuck(const std::vector<Stay>& elements, Event end,
                                        std::vector<std::uint32_t> places, Watch& watch) {
  for (std::size_t chunk = places.size() / 2; chunk > 0; chunk /= 2) {
    for (std::size_t start = 0; start < places.size();) {
      if (watch.look()) return places;
      std::vector<std::uint32_t> kept;
      std::vector<Stay> trial;
      for (std::size_t i = 0; i < places.size(); ++i) {
        if (i >= start && i < start + chunk) continue;
        kept.push_back(places[i]);
        trial.push_back(elements[places[i]]);
      }
      const std::vector<std::uint32_t> still = stuck(trial, end, watch);
      if (still.empty()) {
        start += chunk;
        continue;
      }
      places.clear();
      for (const std::uint32_t place : still) places.push_back(kept[place]);
    }
  }
  return places;
}

}  // namespace tribunal
