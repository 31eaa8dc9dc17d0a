// The general search for a linearization, for any model and any values: just-in-time linearization
// (Lowe, "Testing for linearizability", CCPE 2017). The events are walked once; kept are the
// configurations that are possible so far: which of the open operations have taken effect, and the
// state. At a completion each configuration linearizes what it must and no more. At a quiescent
// moment only the possible states are left, so histories split there by themselves. Exponential in
// the number of open operations at worst. What keeps it small:
// - operations that only look are taken as soon as they fit;
// - of open operations of one kind the one that ends first goes first, and those whose answer was
//   lost are a count;
// - a configuration goes when another one outdoes it: same state, fewer lost operations spent, ...;
// - what nobody will look at before it is overwritten is one state, and not brought about early;
// - an operation that overwrites the state hides what came just before it, so that operations which
//   overwrite are taken only when someone needs what they leave, and count as hidden afterwards.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checkers/linearizability/spare_threads.h"
#include "checkers/linearizability/state_space.h"
#include "checkers/watch.h"

namespace tribunal {

// An operation of one key for the search. `ended` is Operation::never for one that may never take
// effect; after the event `retires` it can no longer matter whether it did.
struct Entry {
  std::uint32_t place = 0;  // in History::operations
  std::uint32_t began = 0;
  std::uint32_t ended = Operation::never;
  std::uint32_t retires = Operation::never;
  std::uint32_t move = 0;  // in the state space
  bool optional = false;   // it may have taken effect before it ended, or never
};

// What is possible just after an event, short of what something else possible outdoes.
struct Possibilities {
  std::uint32_t event = 0;
  std::vector<std::uint32_t> states;           // in the state space
  std::vector<std::uint32_t> open;             // entries that are open then
  std::vector<bool> may_be_done, may_be_left;  // of each: taken effect, or not yet, in one of them
};

struct SearchResult {
  enum class Answer : std::uint8_t { linearizable, impossible, spent };
  Answer answer = Answer::linearizable;
  std::uint32_t event = 0;  // impossible: the completion that made it so
  std::size_t begun = 0;    // entries begun before the search ended
  std::uint64_t steps = 0;  // configurations taken up
  std::size_t bytes = 0;    // held at most
  std::vector<Possibilities> possibilities;
};

// How far a search looks at lost operations.
enum class SearchScope : std::uint8_t {
  exact,
  generous,  // each may take effect any number of times: what is impossible then, always is
  thrifty,   // only those ways are kept that spent the fewest: what is linearizable then, always is
};

struct SearchTask {
  std::span<const Entry> entries;     // in order of `began`
  std::vector<std::uint32_t> starts;  // possible states; empty: the model's own
  SearchScope scope = SearchScope::exact;
  std::uint64_t most_steps = UINT64_MAX;
  std::vector<std::uint32_t>
      look_after;  // completions after which to tell what is possible; sorted
  // Threads that it may use beside its own; the result is the same, but for what is left in
  // possibilities that something else outdoes. Null: none.
  const SpareThreads* spare = nullptr;
  std::size_t crowd = 2048;  // so many configurations are worth dividing among threads
};

// Nothing wider is tried: a search that meets it is spent.
inline constexpr std::size_t most_open = 4096;

SearchResult search(StateSpace& space, const SearchTask& task, Watch& watch);

}  // namespace tribunal
