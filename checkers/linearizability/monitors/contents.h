// What went in and out of one container, value by value: the shape all its monitors work on.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/monitors/monitor.h"

namespace tribunal {

using Event = std::uint32_t;  // a place in the order of events

// A value that certainly went in, from then until it came out.
struct Stay {
  static constexpr std::uint32_t nobody = UINT32_MAX;

  Event in_began, in_ended;    // in_ended is Operation::never where the answer was lost
  Event out_began, out_ended;  // of a value left inside: after everything
  std::uint32_t in, out;       // places in History::operations; nobody: it was left inside

  bool left() const { return out == nobody; }
  // Whether every order has it inside for a while: from in_ended to out_began.
  bool inside() const { return in_ended < out_began; }
};

struct Contents {
  std::vector<Stay> elements;           // in order of insertion's invocation
  std::vector<std::uint32_t> empties;   // places of ok removals that found nothing
  std::vector<std::uint32_t> removals;  // places of lost ones, in order of invocation
  Event end = 0;                        // after every event
};

struct ContainerFunctions {
  Function insert, remove;
};

// Fills `contents` and says linearizable, or else what is wrong already: a value from nowhere,
// twice removed, removed before it was inserted; or why no monitor applies.
MonitorFinding gather(const History& history, std::span<const std::uint32_t> operations,
                      ContainerFunctions functions, Watch& watch, Contents& contents);

}  // namespace tribunal
