// Judges a run folder or a bare history, and writes what a reader wants of it: the same for run and
// check.
#pragma once

#include <string>
#include <vector>

#include "harness/assemble/spec.h"
#include "harness/parts/checker.h"
#include "harness/record/run_folder.h"

namespace tribunal {

struct JudgeRequest {
  std::vector<std::string>
      checkers;  // empty: those of the run's workload, progress, faults and run
  CheckOptions options;
  Milliseconds time{60'000};  // for all checkers together
  std::size_t memory = std::size_t{2} << 30;
  std::stop_token stop;
};

// Everything that a run folder claims, with the spec that is stored in it.
std::vector<Verdict> judge_folder(const RunFolder& folder, const JudgeRequest& request);

// Named checkers only, on a history in a file or "-".
std::vector<Verdict> judge_file(const std::filesystem::path& file, const JudgeRequest& request);

// Writes a report of the folder by its name ("junit") to `file`.
void write_report(const RunFolder& folder, const std::string& name,
                  const std::filesystem::path& file);

}  // namespace tribunal
