#include "checkers/sessions/session_index.h"

#include <algorithm>
#include <numeric>

#include "checkers/none.h"

namespace tribunal {

SessionIndex::SessionIndex(const Versions& versions, Of of) {
  index_keys(versions);
  if (of == Of::keys_and_versions) index_versions(versions);
}

void SessionIndex::index_keys(const Versions& versions) {
  const std::size_t keys = versions.keys.size();
  std::vector<std::uint32_t> last(keys, none);
  first_starts_.assign(keys + 1, 0);
  const auto first = [&](const SessionStep& step) {
    if (step.read == none || versions.initial(step.read) || last[step.key] == step.session)
      return false;
    last[step.key] = step.session;
    return true;
  };
  for (const SessionStep& step : versions.steps) first_starts_[step.key + 1] += first(step);
  std::partial_sum(first_starts_.begin(), first_starts_.end(), first_starts_.begin());
  first_reads_.resize(first_starts_.back());
  std::vector<std::uint32_t> next(first_starts_.begin(), first_starts_.end() - 1);
  std::fill(last.begin(), last.end(), none);
  for (const SessionStep& step : versions.steps) {
    if (first(step)) first_reads_[next[step.key]++] = {step.session, step.place};
  }
}

void SessionIndex::index_versions(const Versions& versions) {
  reader_starts_.assign(versions.writes.size() + 1, 0);
  for (const std::uint32_t version : versions.seen) ++reader_starts_[version + 1];
  std::partial_sum(reader_starts_.begin(), reader_starts_.end(), reader_starts_.begin());
  readers_.resize(versions.seen.size());
  std::vector<std::uint32_t> next(reader_starts_.begin(), reader_starts_.end() - 1);
  for (std::uint32_t step = 0; step < versions.steps.size(); ++step) {
    const SessionStep& at = versions.steps[step];
    for (const std::uint32_t version : versions.reads_from(step))
      readers_[next[version]++] = {at.session, at.place};
  }
}

}  // namespace tribunal
