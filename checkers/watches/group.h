// One group of registers as the checker of watches sees it: who wrote what, and what each watch
// showed, in flat arrays.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "checkers/none.h"
#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

inline constexpr std::int64_t no_version = -1;

struct GroupStep {
  Value which{}, value{};
};

// A transaction, failed ones too.
struct GroupWrite {
  std::uint32_t place = 0;
  std::uint32_t first = 0, last = 0;  // of its steps
  std::int64_t told = no_version;     // by the acknowledgement
  std::int64_t at = no_version;       // where it took effect: as told, or as first shown
};

// One change at one version, however many watches show it.
struct ShownChange {
  std::int64_t version = 0;
  Value which{}, value{};
  std::uint32_t earliest = none;  // place of the watch that ended first of those that show it
  std::uint32_t write = none;     // that made it
  bool credible = false;          // there is a write that made it then
};

struct GroupWatch {
  std::uint32_t place = 0;
  std::uint32_t first = 0, last = 0;  // of what it showed
  std::int64_t from = 0;
  std::int64_t bookmark = no_version;
};

struct WatchedGroup {
  std::vector<GroupStep> steps;
  std::vector<GroupWrite> writes;
  std::vector<GroupWatch> watches;   // acknowledged
  std::vector<std::uint32_t> shown;  // places in `changes`
  std::vector<ShownChange> changes;
  std::string undecided;  // why it cannot be judged; empty: it can

  std::span<const GroupStep> steps_of(const GroupWrite& write) const {
    return std::span(steps).subspan(write.first, write.last - write.first);
  }
  std::span<const std::uint32_t> shown_by(const GroupWatch& watch) const {
    return std::span(shown).subspan(watch.first, watch.last - watch.first);
  }
};

// Throws Error(usage) on a call whose function or value the checker does not know.
void survey_group(const History& history, const Operation& operation);

// pre: each was surveyed. False: the budget was spent. Changes whose value a transaction wrote to
// that register have their write.
bool read_group(const History& history, std::span<const std::uint32_t> operations, Watch& watch,
                WatchedGroup& group);

}  // namespace tribunal
