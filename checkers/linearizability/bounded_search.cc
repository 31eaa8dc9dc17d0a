#include "checkers/linearizability/bounded_search.h"

#include <algorithm>

namespace tribunal {
namespace {

using Answer = SearchResult::Answer;

// What the bounds may take: the second so many times what the first took, since it never ends where
// lost operations lead to ever more states.
constexpr std::uint64_t most_first = 4'000'000, times_the_first = 16, least_second = 500;

bool any_lost(std::span<const Entry> entries) {
  return std::any_of(entries.begin(), entries.end(),
                     [](const Entry& entry) { return entry.ended == Operation::never; });
}

// The answer if the bounds meet; else spent.
SearchResult by_bounds(StateSpace& space, SearchTask task, Watch& watch) {
  task.most_steps = most_first;
  task.scope = SearchScope::thrifty;
  SearchResult below = search(space, task, watch);
  if (below.answer != Answer::impossible) return below;
  task.most_steps = least_second + times_the_first * below.steps;
  task.scope = SearchScope::generous;
  SearchResult above = search(space, task, watch);
  if (above.answer != Answer::impossible || above.event != below.event)
    above.answer = Answer::spent;
  above.steps += below.steps;
  above.bytes = std::max(above.bytes, below.bytes);
  return above;
}

}  // namespace

SearchResult bounded_search(StateSpace& space, const SearchTask& task, Watch& watch,
                            std::uint64_t first_steps) {
  if (task.most_steps <= first_steps || !any_lost(task.entries)) return search(space, task, watch);
  SearchTask first = task;
  first.most_steps = first_steps;
  SearchResult result = search(space, first, watch);
  if (result.answer != Answer::spent || watch.spent() || result.steps < first_steps) return result;
  SearchResult bounded = by_bounds(space, task, watch);
  if (bounded.answer != Answer::spent || watch.spent()) {
    bounded.begun = std::max(bounded.begun, result.begun);
    return bounded;
  }
  return search(space, task, watch);
}

}  // namespace tribunal
