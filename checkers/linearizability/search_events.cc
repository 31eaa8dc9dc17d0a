#include "checkers/linearizability/search_events.h"

#include <algorithm>

namespace tribunal {

std::optional<SearchEvent> SearchEvents::next() {
  using Kind = SearchEvent::Kind;
  const bool begins = begun_ < entries_.size() &&
                      (to_come_.empty() || entries_[begun_].began <= to_come_.top().when);
  if (begins) {
    const Entry& entry = entries_[begun_];
    if (entry.ended != Operation::never) {
      to_come_.push({entry.ended, Kind::end, begun_});
    } else if (entry.retires != Operation::never) {
      to_come_.push({entry.retires, Kind::retire, begun_});
    }
    return SearchEvent{entry.began, Kind::begin, begun_++};
  }
  if (to_come_.empty()) return {};
  const SearchEvent event = to_come_.top();
  to_come_.pop();
  return event;
}

void SearchEvents::looks_ahead(const StateSpace& space, std::vector<std::uint32_t>& moves) {
  moves.clear();
  const auto looks = [&](std::uint32_t entry) {
    return space.move(entries_[entry].move).only_looks;
  };
  next_look_ = std::max(next_look_, begun_);
  while (next_look_ < entries_.size() && !looks(next_look_)) ++next_look_;
  std::uint32_t until = Operation::never;
  for (std::uint32_t i = next_look_; i < entries_.size() && entries_[i].began <= until; ++i) {
    if (!looks(i)) continue;
    moves.push_back(entries_[i].move);
    until = std::min(until, entries_[i].ended);
  }
}

}  // namespace tribunal
