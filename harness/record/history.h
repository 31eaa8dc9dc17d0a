// What happened: every call, when it began and ended in the one order of events, and how it ended.
// Flat: a checker loops over arrays of 64-byte structs and never meets a string.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "harness/record/function.h"
#include "harness/record/value.h"

namespace tribunal {

enum class Outcome : std::uint8_t {
  ok,       // the database answered
  failed,   // it certainly had no effect
  unknown,  // it may take effect at any time after it began, or never
};

struct Operation {
  static constexpr std::uint32_t never = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::max();

  std::int64_t invoked_at = 0;  // nanoseconds since the run began
  std::int64_t completed_at =
      no_time;              // of the completion record, info included; no_time: none was written
  std::uint32_t began = 0;  // places in the order of events, and so in real time
  std::uint32_t ended = never;  // never: unknown, whether or not an info record was written
  Value key{};                  // nil: the history has one object only
  Value value{};  // read: the answer (nil also when not ok); write, add: the argument; cas: from;
                  // else as in the history
  Value to{};     // cas: to
  std::uint32_t process = 0;
  std::uint32_t late_us = 0;  // how much later than intended it was invoked, in microseconds
  std::uint32_t error = 0;    // History::errors, 0: none
  std::uint16_t node = 0;     // History::nodes, 0: unknown
  Function function = Function::read;
  Outcome outcome = Outcome::unknown;

  bool ok() const { return outcome == Outcome::ok; }
};
static_assert(sizeof(Operation) == 64);

// A record of the nemesis. A fault's `start-` and `stop-` records carry the number of its receipt.
struct FaultEvent {
  std::int64_t time = 0;
  std::uint32_t index = 0;  // in the order of events
  std::int32_t fault = -1;  // -1: none given
  bool starts = false;
  bool stops = false;
  std::string name;    // "partition", without start- or stop-
  std::string detail;  // "n1 | n2 n3"
};

struct History {
  std::vector<Operation> operations;  // ordered by `began`
  // Of each operation, the database's number of the version that it read or wrote; -1: it gave
  // none. Empty: it gave none for any. For one key, a larger number is a newer version.
  std::vector<std::int64_t> versions;
  std::vector<FaultEvent> faults;  // ordered by index
  Values values;
  std::vector<std::string> nodes{""};
  std::vector<std::string> errors{""};
  std::vector<std::string> functions;  // names of Function::first_unnamed and on
  std::uint32_t events = 0;  // records read, faults included; all `began` and `ended` lie below
  bool truncated = false;    // the last line had no end and was left out

  std::string function_name(Function function) const;
  std::string show(
      const Operation& operation) const;  // "write 3 17", "read 3 -> 17", "cas 3 17 -> 18"
};

}  // namespace tribunal
