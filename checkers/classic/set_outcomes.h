// What became of every element of one grow-only set, in time linear in the elements that all reads
// returned. The outcomes are those of Jepsen's set-full, with duplicates counted.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/flat_index.h"
#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

enum class ElementOutcome : std::uint8_t {
  silent,      // never acknowledged, never read: nothing to say
  stable,      // in a read, and in all that began later
  stale,       // stable, but missing from a read that began after it was known
  lost,        // missing from the last read that began after it was known, and from all later ones
  never_read,  // acknowledged, and no read that began later tells
  unexpected,  // read, but never attempted, or only by adds that failed, or before the first
               // attempt
};

struct Element {
  static constexpr std::uint32_t none = Operation::never;
  std::uint32_t attempt = none;          // event: the first add that did not fail began
  std::uint32_t add = none;              // place of that add; of a failed one if there is no other
  std::uint32_t acknowledged = none;     // event: the first acknowledgement
  std::uint32_t acknowledged_by = none;  // place of that add
  std::uint32_t first_read_end = none;   // event: the first end of a read that holds it
  std::uint32_t first_read = none;       // place of that read
  std::uint32_t last_present = none;     // place of the latest invoked read that holds it
  std::uint32_t run = 0;          // how many of the latest invoked reads hold it, without a gap
  std::uint32_t seen_in = none;   // the read looked at last that holds it
  std::uint32_t twice_in = none;  // place of a read that holds it more than once
  ElementOutcome outcome = ElementOutcome::silent;

  // When it was certainly in the set: acknowledged or read.
  std::uint32_t known() const {
    return acknowledged < first_read_end ? acknowledged : first_read_end;
  }
};

struct SetOutcomes {
  FlatIndex values;
  std::vector<Element> elements;     // by number in `values`
  std::vector<std::uint32_t> reads;  // places of the acknowledged reads, latest invoked first
  bool complete = false;             // false: the budget was spent

  std::size_t bytes() const;
};

// `operations`: one key's, in order of invocation; reads hold lists (nil: nothing).
SetOutcomes outcomes_of(const History& history, std::span<const std::uint32_t> operations,
                        Watch& watch);

// The elements that a read returned.
std::span<const Value> elements_read(const History& history, const Operation& read);

}  // namespace tribunal
