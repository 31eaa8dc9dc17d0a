#include "checkers/classic/judging.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "checkers/exhibits.h"
#include "checkers/keys.h"
#include "checkers/lanes.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

// All keys' findings as one.
struct Sum {
  std::uint64_t keys = 0, undecided_keys = 0, operations = 0;  // judged
  Counts counts;
  std::vector<std::int64_t> spans;
  std::string undecided;
};

Sum sum_of(const ClassicClaim& claim, const Keys& keys, const std::vector<KeyFinding>& findings) {
  Sum sum;
  sum.counts.resize(claim.figures.size());
  for (std::size_t key = 0; key < findings.size(); ++key) {
    const KeyFinding& finding = findings[key];
    if (!finding.complete) continue;
    ++sum.keys;
    sum.operations += keys.of(key).size();
    for (std::size_t i = 0; i < sum.counts.size(); ++i) sum.counts[i] += finding.counts[i];
    sum.spans.insert(sum.spans.end(), finding.spans.begin(), finding.spans.end());
    if (finding.undecided.empty()) continue;
    if (sum.undecided_keys++ == 0) sum.undecided = finding.undecided;
  }
  return sum;
}

std::string shown_spans(std::vector<std::int64_t>& spans) {
  std::sort(spans.begin(), spans.end());
  const auto at = [&spans](double share) {
    return span_of_time(
        spans[static_cast<std::size_t>(static_cast<double>(spans.size() - 1) * share)]);
  };
  return fmt::format("{} at the median, {} at 99 %, {} at most", at(0.5), at(0.99), at(1));
}

std::string offences(const ClassicClaim& claim, const Counts& counts) {
  std::vector<std::string> said;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const std::string& offence = claim.figures[i].offence;
    if (!offence.empty() && counts[i] != 0)
      said.push_back(fmt::format("{} {}", grouped(counts[i]), offence));
  }
  return fmt::format("{}", fmt::join(said, ", "));
}

void conclude(const ClassicClaim& claim, const Sum& sum, std::size_t keys, Verdict& verdict) {
  const std::string why = claim.vacuous(sum.counts);
  if (verdict.violations != 0) {
    verdict.judgement = Judgement::violated;
    verdict.reason = offences(claim, sum.counts);
  } else if (sum.keys < keys) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = fmt::format("{} of {} keys judged, nothing amiss, before the budget was spent",
                                 grouped(sum.keys), grouped(keys));
  } else if (sum.undecided_keys != 0) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = keys == 1
                         ? sum.undecided
                         : fmt::format("{} of {} keys cannot be judged; the first: {}",
                                       grouped(sum.undecided_keys), grouped(keys), sum.undecided);
  } else if (!why.empty()) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason = why;
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = claim.satisfied(sum.counts);
  }
}

void take_evidence(std::vector<KeyFinding>& findings, Verdict& verdict) {
  for (KeyFinding& finding : findings) {
    if (!finding.complete) continue;
    for (Evidence& evidence : finding.evidence) {
      if (verdict.evidence.size() < KeyFinding::most_evidence)
        verdict.evidence.push_back(std::move(evidence));
    }
  }
}

}  // namespace

Verdict judge_keys(const History& history, const ClassicClaim& claim, const Budget& budget) {
  const auto started = std::chrono::steady_clock::now();
  for (const Operation& operation : history.operations) claim.survey(history, operation);
  Verdict verdict;
  verdict.algorithm = claim.algorithm;
  Keys keys;
  if (Watch watch(budget, 1); !by_key(history, watch, keys)) {
    verdict.reason = "the budget was spent before the keys were told apart";
    return verdict;
  }
  const std::size_t lanes = lanes_for(budget.threads, keys.size());
  std::vector<Watch> watches(lanes, Watch(budget, lanes));
  std::vector<KeyFinding> findings(keys.size(), KeyFinding(claim.figures.size()));
  const std::vector<std::uint32_t> order = keys.widest_first();
  in_lanes(lanes, order.size(), [&](std::size_t lane, std::size_t item) {
    const std::uint32_t key = order[item];
    if (!watches[lane].look()) claim.judge_key(history, keys.of(key), watches[lane], findings[key]);
  });
  Sum sum = sum_of(claim, keys, findings);
  verdict.keys = sum.keys;
  verdict.operations = sum.operations;
  for (std::size_t i = 0; i < sum.counts.size(); ++i) {
    verdict.figures.emplace_back(claim.figures[i].name, grouped(sum.counts[i]));
    if (!claim.figures[i].offence.empty()) verdict.violations += sum.counts[i];
  }
  if (!sum.spans.empty()) verdict.figures.emplace_back(claim.spans, shown_spans(sum.spans));
  take_evidence(findings, verdict);
  conclude(claim, sum, keys.size(), verdict);
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

void require_function(const History& history, const Operation& operation,
                      const std::string& checker, std::initializer_list<Function> known) {
  if (std::find(known.begin(), known.end(), operation.function) != known.end()) return;
  std::vector<std::string> names;
  for (const Function function : known) names.emplace_back(name_of(function));
  throw Error(Blame::usage,
              fmt::format("{} knows {}, but process {} calls '{}' (event {})", checker,
                          fmt::join(names, " and "), operation.process,
                          history.function_name(operation.function), operation.began),
              "choose a checker for that call, or leave those calls out of the history");
}

void refuse_value(const History& history, const Operation& operation, const std::string& wanted,
                  const std::string& fix) {
  throw Error(Blame::usage,
              fmt::format("{}, but that of process {} (event {}) is {}", wanted, operation.process,
                          operation.began, history.values.show(operation.value)),
              fix);
}

std::string shown_key(const History& history, const Operation& operation) {
  return operation.key.is_nil() ? "" : history.values.show(operation.key);
}

}  // namespace tribunal
