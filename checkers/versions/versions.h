// Registers and append lists as versions: who wrote each, which of them each read saw, and where
// the database itself tells their order. What session guarantees, causal and sequential
// consistency, convergence and staleness are defined on.
//
// Exact where a value is written at most once a key; a value written twice is `repeated`, and then
// nothing can be said. An operation counts if it is ok, or unknown and some ok read saw its write:
// then it happened. What failed, or was never seen and never answered, is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

// An operation that counts. A session is a process: its steps follow one another.
struct SessionStep {
  std::uint32_t operation;  // place in History::operations
  std::uint32_t session;
  std::uint32_t place;  // among its session's steps, from 0
  std::uint32_t key;
  std::uint32_t wrote;  // a version, or Versions::none
  std::uint32_t read;   // the version it saw, of a list the last element; none: it read nothing, or
                        // nobody can say what (null where the key is also deleted)
};
static_assert(sizeof(SessionStep) == 24);

// A read that no order of versions explains.
struct ReadFlaw {
  enum Kind { thin_air, aborted, disputed, repeated };
  Kind kind;                // aborted: its write failed; disputed: two lists that
                            // contradict; repeated: one list holds an element twice
  std::uint32_t operation;  // the read
  std::uint32_t other;      // aborted: the write; disputed: the other read; else Versions::none
  Value value;              // the one nobody wrote, or whose write failed
};

struct Repeated {
  std::uint32_t first, second;  // places of two writes of one value to one key; first:
                                // Versions::none where the second writes what a key holds at first
};

struct Versions {
  static constexpr std::uint32_t none = UINT32_MAX;

  std::vector<Value> keys;
  std::vector<bool> listed;                   // by key: it holds a list, else a register
  std::vector<std::uint32_t> processes;       // of each session
  std::vector<SessionStep> steps;             // by session, each session's in its order
  std::vector<std::uint32_t> session_starts;  // sessions + 1 places in `steps`

  // The first keys.size() versions are the initial ones. Of the others: the step that wrote them
  // (none: it does not count), the operation, and the key.
  std::vector<std::uint32_t> writers, writes, key_of;
  // Place in the order of its key as lists or the database's own numbers tell it, the initial
  // version being 0; none: after all that have one. Empty: no key has such an order.
  std::vector<std::uint32_t> ranks;
  std::vector<bool> ranked;  // by key: whether `ranks` orders its versions

  std::vector<ReadFlaw> flaws;
  std::optional<Repeated> repeated;

  std::size_t sessions() const { return processes.size(); }
  bool initial(std::uint32_t version) const { return version < keys.size(); }
  std::span<const SessionStep> session(std::uint32_t number) const {
    return std::span(steps).subspan(session_starts[number],
                                    session_starts[number + 1] - session_starts[number]);
  }
  // The versions from which a step reads and its session had not read before, initial ones left
  // out; of a register one at most.
  std::span<const std::uint32_t> reads_from(std::uint32_t step) const {
    return std::span(seen).subspan(seen_starts[step], seen_starts[step + 1] - seen_starts[step]);
  }
  std::size_t bytes() const;

  std::vector<std::uint32_t> seen_starts, seen;
};

// Knows read, write, cas, delete and append; throws Error(usage) on any other call, and on a key
// that is both appended to and written. `initial`: what a register holds at first. O(n) expected.
// Returns whether the watch let it come to its end.
bool read_versions(const History& history, Value initial, Watch& watch, Versions& versions);

}  // namespace tribunal
