// Reads a drawn history: a test whose drawing is the test.
//
//     # A write whose answer was lost may have happened.
//     linearizable-register --initial 0: satisfied
//     anomaly: stale read                            (optional: of the first evidence)
//
//     a  |-- write 0 1 --|
//     b                     |-- write 0 2 --?
//     c                                        |-- read 0 2 --|
//
// A column is a moment, a millisecond long; what begins and ends in the same column overlaps. --|
// is ok, --x failed,
// --? unknown. Each line is a process (after --? it goes on under a new number); lines of one name
// are one process, and a@n1 is process a calling node n1. The line `nemesis` draws faults,
// `last-look` where a last look begins, and `applied n1 updates=u state=s` what a replica told.
// Values: 17, nil, [1 2], words, "a text with blanks".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "harness/record/history.h"

namespace tribunal {

struct Drawing {
  std::string checker;
  std::map<std::string, std::string> options;  // "initial": "0"
  std::string expected;                        // "satisfied"
  std::string anomaly;                         // empty: none expected
  History history;
};

// Throws std::runtime_error naming the line that cannot be read.
Drawing parse_drawing(std::string_view text);

// A value as it is drawn.
Value parse_value(std::string_view text, Values& values);

}  // namespace tribunal
