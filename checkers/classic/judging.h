// What the classic checkers share: every key is an object of its own, judged apart on several
// lanes, and what the keys came to is added up into one verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "checkers/watch.h"
#include "harness/parts/checker.h"
#include "harness/record/history.h"
#include "harness/record/verdict.h"

namespace tribunal {

// One thing that is counted, and so one figure of the verdict.
struct ClassicFigure {
  std::string name;     // "lost"
  std::string offence;  // of what convicts, for "12 elements lost"; empty: it is only counted
};

// What the operations of one key came to.
class KeyFinding {
 public:
  static constexpr std::size_t most_evidence = 5;

  bool complete = false;              // false: the budget was spent
  std::string undecided;              // why this key cannot be judged; empty: it can
  std::vector<std::uint64_t> counts;  // by place in ClassicClaim::figures
  std::vector<std::int64_t> spans;    // nanoseconds, as ClassicClaim::spans names them
  std::vector<Evidence> evidence;

  explicit KeyFinding(std::size_t figures) : counts(figures) {}
  bool wants_evidence() const { return evidence.size() < most_evidence; }
};

using Counts = std::vector<std::uint64_t>;

struct ClassicClaim {
  std::string algorithm;
  std::vector<ClassicFigure> figures;
  std::string spans;  // "until stable"; empty: none are taken
  // Throws Error(usage) on a call that the claim does not know.
  std::function<void(const History&, const Operation&)> survey;
  // `operations`: places of one key's, in order of invocation. Fills in a finding made for it.
  std::function<void(const History&, std::span<const std::uint32_t> operations, Watch&,
                     KeyFinding&)>
      judge_key;
  std::function<std::string(const Counts&)> vacuous;    // why nothing was shown; empty: it was
  std::function<std::string(const Counts&)> satisfied;  // what held
};

Verdict judge_keys(const History& history, const ClassicClaim& claim, const Budget& budget);

// Throws Error(usage) unless the operation calls one of these.
void require_function(const History& history, const Operation& operation,
                      const std::string& checker, std::initializer_list<Function> known);
// Throws Error(usage): a call of this checker's has a value it cannot have.
[[noreturn]] void refuse_value(const History& history, const Operation& operation,
                               const std::string& wanted, const std::string& fix);

// The key of some evidence as it is shown; empty: the history has one object only.
std::string shown_key(const History& history, const Operation& operation);

}  // namespace tribunal
