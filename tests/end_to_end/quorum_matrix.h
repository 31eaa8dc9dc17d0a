// What each level of quorum, told to lie in each way, must be convicted of, and what never.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "tests/end_to_end/quorum_run.h"

namespace tribunal {

using Checkers = std::vector<std::string>;

// A level and a lie, in a run in which the lie can show. All that the level promises of such a run
// is judged; what is named in neither list never convicts.
struct MatrixRow {
  enum class Part : std::uint8_t { daily, full };  // daily: also among the tests of every day

  Part part = Part::full;
  std::string level, bug, workload;
  std::string course;  // "sticky" sessions; all nodes "killed"; mostly "reads"; empty: usual
  Checkers convicted;  // each in nine of ten runs
  Checkers may;        // broken too, but it takes luck to see

  std::string name() const;  // "causal_stale_read_sessions"
  Checkers judged() const;   // what the level promises of the workload
  Flags flags() const;       // of the run
};
void PrintTo(const MatrixRow& row, std::ostream* out);  // for GoogleTest

const std::vector<MatrixRow>& matrix_rows();

// The columns, in order: every checker that some row is judged by, with its short name.
const std::vector<std::pair<std::string, std::string>>& matrix_columns();

}  // namespace tribunal
