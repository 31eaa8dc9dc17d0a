// A history as columns of variable-length integers, the form in which a page carries a million
// operations. data.js reads what is written here; the two change together.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "harness/record/history.h"

namespace tribunal {

// Each column holds one LEB128 number an operation, in the history's order:
//   began       index of the invocation record, as the difference to the one before
//   time        invoked, in microseconds, as the difference to the one before
//   duration    microseconds + 1; 0: no completion was recorded
//   span        ended - began; 0: it never counts as ended
//   late        microseconds
//   process, node, function, outcome, error
//   key, value, to   0: nil; odd: (n - 1) / 2 is an integer in zigzag form; even: texts[n / 2 - 1]
struct Columns {
  std::size_t operations = 0;
  std::vector<std::pair<std::string, std::string>> columns;  // by name: bytes
  std::vector<std::string> texts;  // texts and lists as JSON, long ones cut short
  std::vector<std::string> errors;
  std::vector<std::string> functions;  // by number
};

Columns columns_of(const History& history);

}  // namespace tribunal
