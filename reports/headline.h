// The one sentence that says how a run went, as every report opens with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "reports/run_record.h"

namespace tribunal {

struct Headline {
  std::string word;  // "VIOLATED"
  std::string
      body;  // "linearizable-register on key 3: ..., at 12.9 s, during partition one: n1 | n2 n3"
  std::string lede;  // of a violation: why no order works, in the checker's own words
  std::string sentence() const { return word + ": " + body; }
};

Headline headline(const RunRecord& record);

// When the history became impossible: the completion that the evidence names, else the last of its
// exhibits'.
std::optional<std::int64_t> moment_of(const Evidence& evidence);

// "during partition one: n1 | n2 n3", "0.8 s after kill leader: n2 had healed"; empty: no fault was
// near.
std::string faults_at(const RunRecord& record, std::int64_t moment);

// The key of the evidence for a sentence: " on key 3", or nothing.
std::string on_key(const Evidence& evidence);

}  // namespace tribunal
