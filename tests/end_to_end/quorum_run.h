// One run of quorum in a cell, and what each of its claims came to.
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include "harness/record/verdict.h"
#include "tests/end_to_end/binary.h"

namespace tribunal {

using Flags = std::map<std::string, std::string>;  // of `tribunal run`, without the dashes

struct QuorumRun {
  Ended ended;
  std::filesystem::path folder;
  std::map<std::string, Judgement> claims;  // by checker

  bool convicts(const std::string& checker) const;
};

// Five seconds under a fault every two, unless `flags` say otherwise; its folder lies in one of its
// own below `runs`.
QuorumRun run_quorum(const std::filesystem::path& runs, std::uint64_t seed, const Flags& flags);

// What only chance can show is looked for at up to three seeds; true at the first that shows it.
bool at_some_seed(const std::function<bool(std::uint64_t seed)>& shows);

}  // namespace tribunal
