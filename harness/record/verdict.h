// What a checker says of a history. A verdict starts as inconclusive and must earn satisfied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tribunal {

// Ordered from best to worst, so that the worse of two is their maximum.
enum class Judgement { satisfied, vacuous, inconclusive, harness_error, violated };

std::string_view name_of(Judgement judgement);    // "satisfied", ..., "harness error"
Judgement judgement_from(std::string_view name);  // throws std::invalid_argument
int exit_code(Judgement judgement);               // 0, 2, 2, 3, 1

// One operation of a counterexample, in the reader's words and complete in itself.
struct Exhibit {
  std::uint32_t began =
      0;  // indices of its records in the history; ended = Operation::never when none counts
  std::uint32_t ended = 0;
  std::int64_t invoked_at = 0,
               completed_at = 0;  // nanoseconds; completed_at = Operation::no_time when open
  std::uint32_t process = 0;
  std::string node;
  std::string text;     // "write 3 17"
  std::string outcome;  // "ok", "unknown"
};

// An order that must hold between two exhibits (by their place in Evidence::exhibits), and where it
// comes from.
struct Arrow {
  std::size_t from = 0, to = 0;
  std::string why;    // "real time", "reads from", "same value", "must precede"
  std::string label;  // "n1 answered 17 before n2 was asked"
};

struct Evidence {
  std::string anomaly;            // "stale read", "lost element", "value from nowhere"
  std::string key;                // as JSON; empty: none
  std::string sentence;           // why no order works
  std::vector<Exhibit> exhibits;  // in order of invocation; three to ten as a rule
  std::vector<Arrow> arrows;
  std::uint32_t impossible_at = 0;  // index of the completion that made the prefix impossible
};

struct Verdict {
  std::string checker;
  Judgement judgement = Judgement::inconclusive;
  std::string reason = "not judged";  // one sentence
  std::string algorithm;
  std::uint64_t operations = 0;  // judged
  std::uint64_t keys = 0;
  double seconds = 0;
  std::vector<Evidence> evidence;  // the worst first; at most a few, `violations` counts them all
  std::uint64_t violations = 0;
  std::vector<std::pair<std::string, std::string>>
      figures;  // "acknowledged": "12,345", in the order to print
};

// The verdict on a run: that of its worst part.
Judgement worst(const std::vector<Verdict>& verdicts);  // none at all: inconclusive

}  // namespace tribunal
