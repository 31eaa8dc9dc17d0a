#include <algorithm>

#include "checkers/linearizability/reduction.h"

namespace tribunal {
namespace {

constexpr std::uint64_t most_steps_alone = 40'000;
constexpr std::ptrdiff_t few_lost = 8;  // operations that may be used in all ways

SearchScope scope_of(const Reduced& left) {
  const auto lost = std::count_if(left.entries.begin(), left.entries.end(), [](const Entry& entry) {
    return entry.ended == Operation::never;
  });
  return lost > few_lost ? SearchScope::generous : SearchScope::exact;
}

}  // namespace

std::vector<std::uint32_t> ReducedSearch::starts(const Reduced& left) {
  if (left.beginning == Beginning::first) return {space_.start()};
  if (left.beginning == Beginning::known) return left.starts;
  std::vector<Operation> operations;
  for (const Entry& entry : left.entries) operations.push_back(history_.operations[entry.place]);
  return space_.beginnings(operations);
}

SearchResult ReducedSearch::search(const Reduced& left, SearchScope scope, std::uint64_t most_steps,
                                   std::vector<std::uint32_t> look_after) {
  SearchTask task;
  task.scope = scope;
  task.entries = left.entries;
  if (left.beginning != Beginning::first) task.starts = starts(left);
  task.most_steps = most_steps;
  task.look_after = std::move(look_after);
  if (left.beginning != Beginning::first && task.starts.empty()) {
    SearchResult unknown;
    unknown.answer = SearchResult::Answer::spent;
    return unknown;
  }
  SearchResult result = tribunal::search(space_, task, watch_);
  steps_ += result.steps + left.entries.size() / 16 + task.starts.size() + 1;
  return result;
}

bool ReducedSearch::impossible(const Reduced& left, std::uint64_t most_steps) {
  constexpr auto impossible = SearchResult::Answer::impossible;
  const SearchScope scope = scope_of(left);
  if (search(left, scope, most_steps).answer == impossible) return true;
  return scope != SearchScope::exact &&
         search(left, SearchScope::exact, most_steps).answer == impossible;
}

SearchResult ReducedSearch::look(const Reduced& left, std::uint64_t most_steps,
                                 std::vector<std::uint32_t> look_after) {
  return search(left, scope_of(left), most_steps, std::move(look_after));
}

bool stands_alone(const History& history, StateSpace& space, const Evidence& evidence,
                  std::span<const std::uint32_t> operations, Watch& watch) {
  Reduced shown;
  for (const Exhibit& exhibit : evidence.exhibits) {
    const auto place = std::lower_bound(
        operations.begin(), operations.end(), exhibit.began,
        [&](std::uint32_t a, std::uint32_t began) { return history.operations[a].began < began; });
    const Operation& operation = history.operations[*place];
    if (operation.outcome == Outcome::failed) continue;
    Entry entry{*place, operation.began, operation.ended, Operation::never,
                space.move_of(operation)};
    if (!operation.ok()) entry.ended = Operation::never;
    if (operation.ok() || !space.move(entry.move).only_looks) shown.entries.push_back(entry);
  }
  return ReducedSearch(history, space, watch).impossible(shown, most_steps_alone);
}

}  // namespace tribunal
