// Judges a run folder or a bare history, and writes what a reader wants of it: the same for run and
// check.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/assemble/self_test.h"
#include "harness/assemble/spec.h"
#include "harness/parts/checker.h"
#include "harness/record/history_file.h"
#include "harness/record/run_folder.h"

namespace tribunal {

struct JudgeRequest {
  std::vector<std::string>
      checkers;          // empty: those of the run's workload, progress, faults and run
  CheckOptions options;  // but for `initial`, which is a value of the history to be read
  std::string initial;   // as EDN or JSON has it: 0, "a", [1 2]; empty: nil
  ReadOptions reading;
  Milliseconds time{60'000};  // for all checkers together
  std::size_t memory = std::size_t{2} << 30;
  std::stop_token stop;
  std::optional<SelfTest> self_test;
};

struct Judged {
  History history;
  double seconds_of_reading = 0;
  std::vector<Verdict> verdicts;
};

// Everything that a run folder claims, with the spec that is stored in it.
Judged judge_folder(const RunFolder& folder, const JudgeRequest& request);

// Named checkers only, on a history in a file or "-".
Judged judge_file(const std::filesystem::path& file, const JudgeRequest& request);

// The value that --initial names, as EDN or JSON; nil for an empty text. Throws Error(usage).
Value initial_of(const std::string& text, Values& values);

// Writes a report of the folder by its name ("junit") to `file`.
void write_report(const RunFolder& folder, const std::string& name,
                  const std::filesystem::path& file);

}  // namespace tribunal
