#include "checkers/classic/set.h"

#include <fmt/core.h>

#include <algorithm>

#include "checkers/classic/judging.h"
#include "checkers/classic/set_evidence.h"
#include "checkers/classic/set_outcomes.h"
#include "checkers/exhibits.h"
#include "checkers/options.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

enum Figure : std::size_t {
  attempted,
  acknowledged,
  reads,
  stable,
  lost,
  stale,
  unexpected,
  duplicated,
  recovered,
  never_read
};

void survey(const History& history, const Operation& operation) {
  require_function(history, operation, "set", {Function::add, Function::read});
  if (operation.function == Function::read && operation.ok() && !operation.value.is_nil() &&
      !history.values.is_list(operation.value)) {
    refuse_value(history, operation, "a read of a set returns a list",
                 "a history of registers is for linearizable-register");
  }
}

// How long after it was known a stable element was still missing from a read that then began.
std::int64_t latency(const History& history, const SetOutcomes& set, const Element& element) {
  const std::int64_t known = element.acknowledged < element.first_read_end
                                 ? history.operations[element.acknowledged_by].completed_at
                                 : history.operations[element.first_read].completed_at;
  if (element.run >= set.reads.size()) return 0;
  return std::max<std::int64_t>(0, history.operations[set.reads[element.run]].invoked_at - known);
}

void count(const Element& element, Counts& counts) {
  const bool known = element.acknowledged != Element::none;
  const bool read = element.last_present != Element::none;
  counts[attempted] += element.attempt != Element::none;
  counts[acknowledged] += known;
  counts[duplicated] += element.twice_in != Element::none;
  counts[recovered] += !known && element.attempt != Element::none && read;
  counts[stable] +=
      element.outcome == ElementOutcome::stable || element.outcome == ElementOutcome::stale;
  counts[stale] += element.outcome == ElementOutcome::stale;
  counts[lost] += element.outcome == ElementOutcome::lost;
  counts[never_read] += element.outcome == ElementOutcome::never_read;
  counts[unexpected] += element.outcome == ElementOutcome::unexpected;
}

bool convicts(const Element& element, bool stale_convicts) {
  return element.outcome == ElementOutcome::unexpected || element.outcome == ElementOutcome::lost ||
         (stale_convicts && element.outcome == ElementOutcome::stale);
}

void judge_set(const History& history, std::span<const std::uint32_t> operations, Watch& watch,
               KeyFinding& finding, bool stale_convicts) {
  const SetOutcomes set = outcomes_of(history, operations, watch);
  if (!set.complete) return;
  finding.counts[reads] = set.reads.size();
  for (std::uint32_t number = 0; number < set.elements.size(); ++number) {
    const Element& element = set.elements[number];
    count(element, finding.counts);
    if (element.outcome == ElementOutcome::stable || element.outcome == ElementOutcome::stale)
      finding.spans.push_back(latency(history, set, element));
    if (!finding.wants_evidence()) continue;
    if (convicts(element, stale_convicts))
      finding.evidence.push_back(set_evidence(history, set, number));
    if (element.twice_in != Element::none)
      finding.evidence.push_back(duplicate_evidence(history, set, number));
  }
  finding.complete = true;
}

std::string vacuous(const Counts& counts) {
  if (counts[reads] == 0) return "nothing was read";
  if (counts[stable] != 0) return "";
  return fmt::format("no read tells of any element: {} acknowledged, {} never read",
                     grouped(counts[acknowledged]), grouped(counts[never_read]));
}

std::string satisfied(const Counts& counts) {
  const std::string gaps =
      counts[stale] == 0
          ? ""
          : fmt::format(" ({} missing from some read in between)", grouped(counts[stale]));
  return fmt::format(
      "{} elements stayed from when they were known to the end, in {} acknowledged reads{}",
      grouped(counts[stable]), grouped(counts[reads]), gaps);
}

Verdict check(const History& history, const CheckOptions& options, const Budget& budget,
              const std::string& linearizable) {
  require_known(options);
  const bool stale_convicts = choice(options, "linearizable", linearizable);
  ClassicClaim claim;
  claim.algorithm = "outcome of every element, linear in what was read";
  claim.figures = {
      {"elements attempted", ""},
      {"acknowledged", ""},
      {"acknowledged reads", ""},
      {"stable", ""},
      {"lost", "elements lost"},
      {"stale",
       stale_convicts ? "elements missing from a read that began after they were known" : ""},
      {"unexpected", "elements unexpected"},
      {"duplicated", "elements duplicated"},
      {"recovered", ""},
      {"never read", ""}};
  claim.spans = "until stable";
  claim.survey = survey;
  claim.judge_key = [stale_convicts](const History& all, std::span<const std::uint32_t> operations,
                                     Watch& watch, KeyFinding& finding) {
    judge_set(all, operations, watch, finding, stale_convicts);
  };
  claim.vacuous = vacuous;
  claim.satisfied = satisfied;
  return judge_keys(history, claim, budget);
}

}  // namespace

Verdict check_set(const History& history, const CheckOptions& options, const Budget& budget) {
  return check(history, options, budget, "true");
}

Verdict check_set_full(const History& history, const CheckOptions& options, const Budget& budget) {
  return check(history, options, budget, "false");
}

}  // namespace tribunal
