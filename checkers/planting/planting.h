// Detection power: anomalies planted into the history of a run itself, each proved to be one by
// what stands around it, and how many of them a checker finds. A checker that finds none of them
// says nothing by being satisfied; a history with no place for one could not have shown it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/parts/checker.h"

namespace tribunal {

// One anomaly: operations that answer otherwise than they did.
struct Plant {
  std::string proof;                                         // why no order works, in a sentence
  std::vector<std::pair<std::uint32_t, Operation>> changes;  // place, and what then stands there
};

struct PlantKind {
  std::string anomaly;        // "stale read"
  std::vector<Plant> plants;  // none: the history has no place for one
};

// The kinds of anomaly that a checker claims to find, at most `most` plants of each, spread over
// the history by `seed`. No kinds: nothing is known to plant for this checker. Adds to the
// history's interned values and changes nothing else. O(n log n).
std::vector<PlantKind> plants_for(const std::string& checker, History& history, Value initial,
                                  std::uint64_t seed, std::size_t most);

struct Detection {
  std::string anomaly;
  std::size_t planted = 0, found = 0;
  std::string missed;  // the proof of the first that was not found
};

// Plants one after the other, has each judged, and takes it out again. A plant is found if the
// verdict is violated, and by more violations than without it. Each judging has `budget`; those
// that it does not let end are not found.
std::vector<Detection> detection_power(const Checker& checker, History& history,
                                       const CheckOptions& options, const Budget& budget,
                                       std::uint64_t seed, std::size_t most);

}  // namespace tribunal
