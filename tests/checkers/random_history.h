// Small random register histories, some linearizable and some not, for comparison with brute force.
#pragma once

#include "harness/record/history.h"
#include "harness/record/random.h"

namespace tribunal {

struct RandomShape {
  std::size_t operations = 8;
  std::size_t processes = 4;
  std::int64_t values = 4;  // repeated: values are drawn from 1..values
  bool unique = true;       // each write and compare-and-set has a value of its own
  Value initial{};
};

// Runs a register and bends some answers, so that about half of the histories are impossible.
History random_history(const RandomShape& shape, Random& random);

// As the drawing of it would read, for a failed test's message.
std::string describe(const History& history);

}  // namespace tribunal
