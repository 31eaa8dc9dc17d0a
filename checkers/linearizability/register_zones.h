// Linearizability of one register whose values are each written at most once, in O(n log n) at any
// concurrency and with any number of lost answers: Gibbons and Korach, "Testing Shared Memories"
// (SIAM J. Comput. 1997), with chains of compare-and-sets as one block each.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "checkers/flat_index.h"
#include "checkers/watch.h"
#include "harness/record/history.h"

namespace tribunal {

enum class Flaw : std::uint8_t {
  none,            // linearizable
  repeated,        // a value is written twice, or is the initial one: not for this algorithm
  spent,           // the budget is
  nowhere,         // `value` was observed (as the flow from `other` shows) but never written
  consumed_twice,  // compare-and-sets to `value` and to `other` both found the same value
  no_start,        // the compare-and-set to `value` is one of a cycle
  order,  // within a chain: the operation that ended at `first_end` must follow the one begun at
          // `first_last`
  zones,  // each of two chains must come before the other
};

// Moments are places in the order of events, plus one; 0 is before everything (the write of the
// initial value).
using Moment = std::uint32_t;
constexpr Moment moment(std::uint32_t event) {
  return event == Operation::never ? event : event + 1;
}

struct ZoneFinding {
  Flaw flaw = Flaw::none;
  Value value{}, other{};
  Moment first_end = 0,
         first_last = 0;  // earliest completion and latest invocation of the first chain
  Moment second_end = 0, second_last = 0;  // and of the second
};

// Which calls are which; every other one writes.
struct RegisterCalls {
  Function read = Function::read, write = Function::write, cas = Function::cas;
  Value nothing{};  // another way to say nil
};

// Judges one key after another, keeping its memory: some 60 bytes an operation. Used by one thread.
class RegisterZones {
 public:
  RegisterZones(const History& history, Value initial, RegisterCalls calls = {})
      : history_(history), initial_(initial), calls_(calls) {}

  // `operations`: one key's, in order of invocation. Looks only at what happened up to the event
  // `until`, included; what failed in the end never counts.
  ZoneFinding judge(std::span<const std::uint32_t> operations, Watch& watch,
                    std::uint32_t until = Operation::never - 1);

  // After judge: the moment at which an ok operation that observed `value` began, or saw the flow
  // of compare-and-sets that came of it; for an acknowledged writer its own. 0 if there is none.
  Moment witness(Value value) const;

  std::size_t bytes() const;

 private:
  static constexpr std::uint32_t none = FlatIndex::none;
  static constexpr Moment unwritten = std::numeric_limits<Moment>::max();

  // A value, its write and its reads.
  struct Cluster {
    Moment began = unwritten, ended = 0;  // of the write
    Moment first_read_end = Operation::never;
    Moment last_read_begin = 0, witness = 0;  // witness: of an ok compare-and-set that consumed it
    std::uint32_t source = none;              // whose value the writing compare-and-set consumed
    std::uint32_t next = none;  // the cluster whose writing compare-and-set consumed this value
    bool effective = false;     // the write certainly took effect
    bool acknowledged = false;
    bool visited = false;
  };
  struct Zone {
    Moment low, high;
    Moment end, last;  // earliest completion, latest invocation
  };

  bool spent();
  std::size_t expected_values(std::span<const std::uint32_t> operations) const;
  bool gather(std::span<const std::uint32_t> operations, std::uint32_t until);
  std::uint32_t cluster(Value value);
  bool take_write(const Operation& operation, Value value, bool open);
  bool trace();
  bool trace_back(std::uint32_t from);
  bool link(std::uint32_t source, std::uint32_t target);
  bool lay_chains();
  bool lay_chain(std::uint32_t root);
  bool sweep();
  bool sort_zones();
  bool sort_by_digits();

  const History& history_;
  Value initial_;
  RegisterCalls calls_;
  Watch* watch_ = nullptr;  // of the judgement that is under way
  FlatIndex index_;
  std::vector<Cluster> clusters_;
  std::vector<Zone> zones_;
  ZoneFinding finding_;
};

}  // namespace tribunal
