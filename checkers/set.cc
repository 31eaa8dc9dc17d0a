#include "checkers/set.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <vector>

#include "checkers/exhibits.h"
#include "checkers/keys.h"
#include "checkers/lanes.h"
#include "checkers/options.h"
#include "checkers/set_evidence.h"
#include "checkers/set_outcomes.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

constexpr std::size_t most_evidence = 5;

// How many elements of one key, or of all, came to what.
struct SetCounts {
  std::uint64_t keys = 0, operations = 0;  // judged
  std::uint64_t attempted = 0, acknowledged = 0, reads = 0;
  std::uint64_t stable = 0, lost = 0, stale = 0, never_read = 0, unexpected = 0, recovered = 0,
                duplicated = 0;

  void add(const SetCounts& other) {
    keys += other.keys, operations += other.operations;
    attempted += other.attempted, acknowledged += other.acknowledged, reads += other.reads;
    stable += other.stable, lost += other.lost, stale += other.stale,
        never_read += other.never_read;
    unexpected += other.unexpected, recovered += other.recovered, duplicated += other.duplicated;
  }
};

void count_element(const Element& element, SetCounts& counts) {
  const bool acknowledged = element.acknowledged != Element::none;
  counts.attempted += element.attempt != Element::none;
  counts.acknowledged += acknowledged;
  counts.duplicated += element.twice_in != Element::none;
  counts.recovered +=
      !acknowledged && element.attempt != Element::none && element.last_present != Element::none;
  counts.stable +=
      element.outcome == ElementOutcome::stable || element.outcome == ElementOutcome::stale;
  counts.stale += element.outcome == ElementOutcome::stale;
  counts.lost += element.outcome == ElementOutcome::lost;
  counts.never_read += element.outcome == ElementOutcome::never_read;
  counts.unexpected += element.outcome == ElementOutcome::unexpected;
}

class Judge {
 public:
  Judge(const History& history, const Budget& budget, bool stale_convicts)
      : history_(history),
        budget_(budget),
        stale_convicts_(stale_convicts),
        keys_(by_key(history)),
        counts_(keys_.size()),
        evidence_(keys_.size()) {}

  Verdict judge();

 private:
  void survey() const;
  void judge_key(std::uint32_t key, Watch& watch);
  bool convicts(const Element& element) const;
  void conclude(const SetCounts& all, Verdict& verdict) const;
  std::string offences(const SetCounts& all) const;

  const History& history_;
  const Budget& budget_;
  bool stale_convicts_;
  Keys keys_;
  std::vector<SetCounts> counts_;                // by key
  std::vector<std::vector<Evidence>> evidence_;  // by key, a few
};

void Judge::survey() const {
  for (const Operation& operation : history_.operations) {
    const bool reads = operation.function == Function::read;
    if (!reads && operation.function != Function::add) {
      throw Error(Blame::usage,
                  fmt::format("set knows add and read, but process {} calls '{}' (event {})",
                              operation.process, history_.function_name(operation.function),
                              operation.began),
                  "choose a checker for that call, or leave those calls out of the history");
    }
    if (reads && operation.ok() && !operation.value.is_nil() &&
        !history_.values.is_list(operation.value)) {
      throw Error(
          Blame::usage,
          fmt::format(
              "a read of a set returns a list, but that of process {} (event {}) returned {}",
              operation.process, operation.began, history_.values.show(operation.value)),
          "a history of registers is for linearizable-register");
    }
  }
}

bool Judge::convicts(const Element& element) const {
  return element.outcome == ElementOutcome::unexpected || element.outcome == ElementOutcome::lost ||
         (stale_convicts_ && element.outcome == ElementOutcome::stale);
}

void Judge::judge_key(std::uint32_t key, Watch& watch) {
  if (watch.look()) return;
  const SetOutcomes set = outcomes_of(history_, keys_.of(key), watch);
  if (!set.complete) return;
  SetCounts& counts = counts_[key];
  counts.keys = 1;
  counts.operations = keys_.of(key).size();
  counts.reads = set.reads.size();
  for (std::uint32_t number = 0; number < set.elements.size(); ++number) {
    const Element& element = set.elements[number];
    count_element(element, counts);
    if (evidence_[key].size() >= most_evidence) continue;
    if (convicts(element)) evidence_[key].push_back(set_evidence(history_, set, number));
    if (element.twice_in != Element::none)
      evidence_[key].push_back(duplicate_evidence(history_, set, number));
  }
}

Verdict Judge::judge() {
  survey();
  const std::size_t lanes = lanes_for(budget_.threads, keys_.size());
  std::vector<Watch> watches(lanes, Watch(budget_, lanes));
  const std::vector<std::uint32_t> order = keys_.widest_first();
  in_lanes(lanes, order.size(),
           [&](std::size_t lane, std::size_t item) { judge_key(order[item], watches[lane]); });
  Verdict verdict;
  verdict.checker = "set";
  verdict.algorithm = "outcome of every element, linear in what was read";
  SetCounts all;
  for (const SetCounts& counts : counts_) all.add(counts);
  for (auto& some : evidence_) {
    for (Evidence& evidence : some) {
      if (verdict.evidence.size() < most_evidence) verdict.evidence.push_back(std::move(evidence));
    }
  }
  verdict.keys = all.keys;
  verdict.operations = all.operations;
  verdict.violations =
      all.unexpected + all.lost + all.duplicated + (stale_convicts_ ? all.stale : 0);
  verdict.figures = {{"elements attempted", grouped(all.attempted)},
                     {"acknowledged", grouped(all.acknowledged)},
                     {"acknowledged reads", grouped(all.reads)},
                     {"stable", grouped(all.stable)},
                     {"lost", grouped(all.lost)},
                     {"stale", grouped(all.stale)},
                     {"unexpected", grouped(all.unexpected)},
                     {"duplicated", grouped(all.duplicated)},
                     {"recovered", grouped(all.recovered)},
                     {"never read", grouped(all.never_read)}};
  conclude(all, verdict);
  return verdict;
}

std::string Judge::offences(const SetCounts& all) const {
  std::string text;
  const auto name = [&text](std::uint64_t number, const char* what) {
    if (number != 0)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(number), what);
  };
  name(all.unexpected, "unexpected");
  name(all.lost, "lost");
  name(all.duplicated, "duplicated");
  if (stale_convicts_) name(all.stale, "missing from a read that began after they were known");
  return text;
}

void Judge::conclude(const SetCounts& all, Verdict& verdict) const {
  if (verdict.violations != 0) {
    verdict.judgement = Judgement::violated;
    verdict.reason = "of the elements, " + offences(all);
  } else if (all.keys < keys_.size()) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = fmt::format("{} of {} keys judged, nothing amiss, before the budget was spent",
                                 grouped(all.keys), grouped(keys_.size()));
  } else if (all.reads == 0) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason = fmt::format("nothing was read: none of {} operations is an acknowledged read",
                                 grouped(history_.operations.size()));
  } else if (all.stable == 0) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason = fmt::format("no read tells of any element: {} acknowledged, {} never read",
                                 grouped(all.acknowledged), grouped(all.never_read));
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = fmt::format(
        "{} elements stayed from when they were known to the end, in {} acknowledged reads{}",
        grouped(all.stable), grouped(all.reads),
        all.stale == 0
            ? ""
            : fmt::format(" ({} missing from some read in between)", grouped(all.stale)));
  }
}

}  // namespace

Verdict check_set(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  const auto started = std::chrono::steady_clock::now();
  Verdict verdict = Judge(history, budget, choice(options, "linearizable", "true")).judge();
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

}  // namespace tribunal
