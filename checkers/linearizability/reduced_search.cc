#include "checkers/linearizability/reduction.h"

namespace tribunal {

std::vector<std::uint32_t> ReducedSearch::starts(const Reduced& left) {
  if (left.beginning == Beginning::first) return {space_.start()};
  if (left.beginning == Beginning::known) return left.starts;
  std::vector<Operation> operations;
  for (const Entry& entry : left.entries) operations.push_back(history_.operations[entry.place]);
  return space_.beginnings(operations);
}

SearchResult ReducedSearch::search(const Reduced& left, std::uint64_t most_steps,
                                   std::vector<std::uint32_t> look_after) {
  SearchTask task;
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
  return search(left, most_steps).answer == SearchResult::Answer::impossible;
}

}  // namespace tribunal
