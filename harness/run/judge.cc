#include "harness/run/judge.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "harness/record/error.h"

namespace tribunal {

Verdict judge(const Checker& checker, const History& history, const CheckOptions& options,
              const Budget& budget) {
  const auto began = std::chrono::steady_clock::now();
  Verdict verdict;
  try {
    verdict = checker.check(history, options, budget);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& trouble) {
    verdict.judgement = Judgement::harness_error;
    verdict.reason = fmt::format("the checker itself failed: {}", trouble.what());
  }
  verdict.checker = checker.name;
  verdict.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (verdict.judgement == Judgement::violated && verdict.evidence.empty()) {
    verdict.judgement = Judgement::harness_error;
    verdict.reason = "the checker convicts without evidence: " + verdict.reason;
  }
  return verdict;
}

namespace {

struct Tally {
  std::size_t planned = 0, installed = 0, observed = 0, exercised = 0, healed = 0;
};

void count(Tally& tally, const Receipt& receipt) {
  tally.installed += receipt.installed.has_value();
  tally.observed += receipt.observed.has_value();
  tally.exercised += receipt.exercised.has_value();
  tally.healed += receipt.heal_verified.has_value();
}

// A sentence on the first fault that was begun and is not known to be gone; empty if there is none.
std::string unhealed(const std::vector<Receipt>& receipts) {
  for (const auto& receipt : receipts) {
    if (!receipt.heal_requested || receipt.heal_verified) continue;
    return fmt::format("fault {} ({}) was not seen to heal: {}", receipt.planned.id,
                       receipt.planned.name(),
                       receipt.failure.empty() ? "no probe confirmed it" : receipt.failure);
  }
  return {};
}

// What kept planned faults from being begun, for whoever reads that too few were.
std::string not_begun(const std::vector<PlannedFault>& schedule,
                      const std::vector<Receipt>& receipts) {
  const auto begun = static_cast<std::size_t>(
      std::count_if(receipts.begin(), receipts.end(),
                    [](const Receipt& receipt) { return receipt.heal_requested.has_value(); }));
  if (begun >= schedule.size()) return {};
  return fmt::format(
      "; {} never began, since the run ended first: a longer --time or --fault-every gives "
      "recovery room",
      schedule.size() - begun);
}

std::string unexercised(const std::map<std::string, Tally>& kinds, const Tally& all,
                        double least_share) {
  for (const auto& [kind, tally] : kinds) {
    if (tally.exercised == 0)
      return fmt::format("no {} ever met the database ({} planned)", kind, tally.planned);
  }
  if (static_cast<double>(all.exercised) < least_share * static_cast<double>(all.planned)) {
    return fmt::format("only {} of {} planned faults met the database (at least {:.0f} % must)",
                       all.exercised, all.planned, 100 * least_share);
  }
  return {};
}

}  // namespace

Verdict judge_faults(const std::vector<PlannedFault>& schedule,
                     const std::vector<Receipt>& receipts, double least_share) {
  Verdict verdict;
  verdict.checker = "faults";
  verdict.algorithm = "receipts";
  std::map<std::string, Tally> kinds;
  Tally all;
  for (const auto& planned : schedule) {
    ++kinds[planned.fault].planned;
    ++all.planned;
  }
  for (const auto& receipt : receipts) {
    count(kinds[receipt.planned.fault], receipt);
    count(all, receipt);
  }
  verdict.operations = all.planned;
  for (const auto& [kind, tally] : kinds) {
    verdict.figures.emplace_back(
        kind,
        fmt::format("{} planned, {} installed, {} observed, {} exercised, {} healed", tally.planned,
                    tally.installed, tally.observed, tally.exercised, tally.healed));
  }
  if (const auto stuck = unhealed(receipts); !stuck.empty()) {
    verdict.judgement = Judgement::harness_error;
    verdict.reason = stuck;
  } else if (const auto idle = unexercised(kinds, all, least_share); !idle.empty()) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason = idle + not_begun(schedule, receipts);
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = fmt::format("{} of {} planned faults met the database, and every one healed",
                                 all.exercised, all.planned);
    if (all.planned == 0) verdict.reason = "none was asked for";
  }
  return verdict;
}

Verdict judge_course(const RunFacts& facts, const History& history) {
  Verdict verdict;
  verdict.checker = "run";
  verdict.algorithm = "run record";
  verdict.operations = history.operations.size();
  verdict.judgement = Judgement::inconclusive;
  if (!facts.interrupted.empty()) {
    verdict.reason = fmt::format(
        "the run did not come to its proper end ({}); what there is was judged", facts.interrupted);
  } else if (history.truncated) {
    verdict.reason =
        "the history's last line has no end: the run was cut short; what there is was judged";
  } else {
    verdict.judgement = Judgement::satisfied;
    verdict.reason = "it ended by itself, after its last look";
  }
  return verdict;
}

void set_minimums(CheckOptions& options, const Minimums& minimums) {
  options.more["acknowledged"] = std::to_string(minimums.acknowledged);
  options.more["acknowledged-reads"] = std::to_string(minimums.acknowledged_reads);
  options.more["acknowledged-writes"] = std::to_string(minimums.acknowledged_writes);
}

}  // namespace tribunal
