// The events of a search in their order, found as it goes: sorting those of millions of operations
// would take long, and room for all of them.
#pragma once

#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "checkers/linearizability/search.h"

namespace tribunal {

// What happens at one event.
struct SearchEvent {
  enum class Kind : std::uint8_t { begin, end, retire };
  std::uint32_t when;
  Kind kind;
  std::uint32_t entry;
};

class SearchEvents {
 public:
  // pre: in order of `began`.
  explicit SearchEvents(std::span<const Entry> entries) : entries_(entries) {}

  std::optional<SearchEvent> next();

  // Finds the moves of operations that look and are yet to begin, up to the first of them to end:
  // whoever begins later looks later than that one, and sees what has been overwritten in between
  // or what that one sees.
  void looks_ahead(const StateSpace& space, std::vector<std::uint32_t>& moves);

 private:
  struct Later {
    bool operator()(const SearchEvent& a, const SearchEvent& b) const {
      if (a.when != b.when) return a.when > b.when;
      return a.kind != b.kind ? a.kind > b.kind : a.entry > b.entry;
    }
  };
  std::span<const Entry> entries_;
  std::uint32_t begun_ = 0, next_look_ = 0;                                    // entries
  std::priority_queue<SearchEvent, std::vector<SearchEvent>, Later> to_come_;  // of the begun
};

}  // namespace tribunal
