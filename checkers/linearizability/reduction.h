// Why a key is not linearizable: the history reduced to a handful of operations that are impossible
// by themselves, by steps that could never make a linearizable history impossible. These are:
// - to cut after the first impossible completion, and to leave out what failed;
// - to leave out what only looks, however it was answered;
// - to leave out an operation that overwrites and whose value nobody who stays observes;
// - to leave out all operations of a part of the object that those that stay never meet;
// - to let an operation that must take effect by its end merely be able to, by its end;
// - to begin in the middle: what was over at a moment is left out, what was open then may or may
//   not have taken effect, and the object is in a state that nobody knows (any), or in one of those
//   that were possible then (known). Where that moment is late enough, no state is the way out.
// To leave out a write alone is no such step: its readers would read from nowhere.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/search.h"
#include "checkers/watch.h"
#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// How the object is when the operations that are left begin.
enum class Beginning : std::uint8_t {
  first,  // as every object of this model is at first
  any,    // in whatever state
  known,  // in one of some states
};

// What is left: operations that are impossible by themselves.
struct Reduced {
  std::vector<Entry> entries;
  Beginning beginning = Beginning::first;
  std::vector<std::uint32_t> starts;  // known: states possible just after the event `from`
  std::uint32_t from = 0;             // not first: what ended up to this event is left out
};

// Searches what is left of a history in place of the whole.
class ReducedSearch {
 public:
  ReducedSearch(const History& history, StateSpace& space, Watch& watch)
      : history_(history), space_(space), watch_(watch) {}

  // Whether the search found out in at most so many steps that no order fits.
  bool impossible(const Reduced& left, std::uint64_t most_steps);
  // What was possible at those completions, or more where many operations are lost.
  SearchResult look(const Reduced& left, std::uint64_t most_steps,
                    std::vector<std::uint32_t> look_after);
  // States to begin in; none: there is no telling.
  std::vector<std::uint32_t> starts(const Reduced& left);

  std::uint64_t steps() const { return steps_; }  // in all

 private:
  SearchResult search(const Reduced& left, SearchScope scope, std::uint64_t most_steps,
                      std::vector<std::uint32_t> look_after = {});

  const History& history_;
  StateSpace& space_;
  Watch& watch_;
  std::uint64_t steps_ = 0;
};

// pre: the search found `operations`, one key's, impossible at the event `impossible_at`. Spends a
// fixed number of steps, so that the same history is always reduced the same way, unless `watch`
// ends it sooner.
Reduced reduced(const History& history, StateSpace& space,
                std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                Watch& watch);

Evidence reduction(const History& history, StateSpace& space,
                   std::span<const std::uint32_t> operations, std::uint32_t impossible_at,
                   Watch& watch);

// Whether the operations that `evidence` shows, all of `operations`, which are sorted, are
// impossible by themselves.
bool stands_alone(const History& history, StateSpace& space, const Evidence& evidence,
                  std::span<const std::uint32_t> operations, Watch& watch);

}  // namespace tribunal
