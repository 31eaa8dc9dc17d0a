#include "checkers/sessions/session_checkers.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "checkers/options.h"
#include "checkers/sessions/movement.h"
#include "checkers/versions/smaller_evidence.h"
#include "checkers/versions/witness.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::size_t most_evidence = 5;
constexpr std::array<std::string_view, guarantee_count> names = {
    "read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"};
constexpr std::array<std::string_view, guarantee_count> vacuous_reasons = {
    "no session read a key that it had written", "no session read a key twice",
    "no session read a key after it had seen a write of a session that had written that key before",
    "no session read a key after it had seen a write of a session that had read that key before"};

class Concluding {
 public:
  Concluding(const History& history, const Versions& versions, const SessionFindings& findings)
      : history_(history),
        versions_(versions),
        findings_(findings),
        movement_(movement_of(history, versions)) {}

  std::vector<Evidence> evidence_of_offences(Guarantee guarantee) const {
    std::vector<Evidence> evidence;
    for (const Offence& offence : findings_.of[guarantee].offences)
      evidence.push_back(offence_evidence(history_, versions_, guarantee, offence));
    return evidence;
  }

  Verdict conclude(Guarantee guarantee, Value initial) const {
    Verdict verdict;
    const GuaranteeCounts& counts = findings_.of[guarantee];
    verdict.operations = versions_.steps.size();
    verdict.keys = versions_.keys.size();
    const std::uint64_t offences = counts.bad_reads + counts.bad_pairs;
    add_figures(guarantee, verdict);
    verdict.evidence = flaw_evidence(history_, versions_, most_evidence);
    const auto flaws = static_cast<std::uint64_t>(
        std::count_if(versions_.flaws.begin(), versions_.flaws.end(), convicts));
    std::erase_if(verdict.evidence,
                  [](const Evidence& one) { return one.anomaly == "duplicated element"; });
    verdict.violations = flaws + offences;
    std::vector<Evidence> shown = evidence_of_offences(guarantee);
    look_for_smaller(history_, versions_, initial, judge_part(guarantee), shown);
    for (Evidence& evidence : shown) {
      if (verdict.evidence.size() < most_evidence) verdict.evidence.push_back(std::move(evidence));
    }
    show_smallest(verdict.evidence);
    if (offences != 0 || flaws != 0) {
      verdict.judgement = Judgement::violated;
      verdict.reason = offences == 0
                           ? fmt::format("{} reads return what was never written", grouped(flaws))
                           : offence_reason(counts);
    } else if (findings_.cyclic) {
      verdict.reason =
          "session order and reads-from form a cycle, so that no causal order tells which of two "
          "versions of a register is the newer one";
    } else if (counts.reads + counts.pairs == 0) {
      verdict.judgement = Judgement::vacuous;
      verdict.reason = vacuous_reasons[guarantee];
    } else {
      verdict.judgement = Judgement::satisfied;
      verdict.reason = fmt::format(
          "{} reads{} judged in {} sessions{}", grouped(counts.reads),
          counts.pairs == 0 ? "" : fmt::format(" and {} pairs of one key", grouped(counts.pairs)),
          grouped(movement_.sessions), movement_.caution());
    }
    return verdict;
  }

 private:
  static JudgePart judge_part(Guarantee guarantee) {
    return [guarantee](const History& part, Value initial) {
      const Budget budget;
      Watch watch(budget, 1);
      Versions versions;
      SessionFindings findings;
      if (!read_versions(part, initial, watch, versions) || versions.repeated ||
          !judge_sessions(part, versions, budget, watch, findings))
        return std::vector<Evidence>{};
      return Concluding(part, versions, findings).evidence_of_offences(guarantee);
    };
  }

  static bool convicts(const ReadFlaw& flaw) {
    return flaw.kind == ReadFlaw::thin_air || flaw.kind == ReadFlaw::aborted;
  }

  static std::string offence_reason(const GuaranteeCounts& counts) {
    std::string reason;
    if (counts.bad_reads != 0)
      reason = rate(counts.bad_reads, counts.reads, "reads") + ", miss a version they had to see";
    if (counts.bad_pairs != 0)
      reason += fmt::format("{}{} versions stand before one that their session knew",
                            reason.empty() ? "" : "; ", grouped(counts.bad_pairs));
    return reason;
  }

  void add_figures(Guarantee guarantee, Verdict& verdict) const {
    const GuaranteeCounts& counts = findings_.of[guarantee];
    auto& figures = verdict.figures;
    figures.emplace_back("violating", rate(counts.bad_reads, counts.reads, "reads"));
    if (guarantee >= monotonic_writes && counts.pairs != 0)
      figures.emplace_back("out of order",
                           rate(counts.bad_pairs, counts.pairs, "pairs of one key"));
    if (guarantee <= monotonic_reads)
      figures.emplace_back(fmt::format("{}, real-time", names[guarantee]),
                           rate(counts.in_real_time, counts.reads, "further reads"));
    figures.emplace_back("sessions", grouped(movement_.sessions));
    figures.emplace_back("sessions on more than one node", grouped(movement_.moved));
    const auto disputed = static_cast<std::uint64_t>(
        std::count_if(versions_.flaws.begin(), versions_.flaws.end(),
                      [](const ReadFlaw& flaw) { return flaw.kind == ReadFlaw::disputed; }));
    if (disputed != 0)
      figures.emplace_back("lists that contradict each other, keys", grouped(disputed));
  }

  const History& history_;
  const Versions& versions_;
  const SessionFindings& findings_;
  const SessionMoves movement_;
};

Verdict check_one(Guarantee guarantee, const History& history, const CheckOptions& options,
                  const Budget& budget) {
  return std::move(check_session_guarantees(history, options, budget)[guarantee]);
}

}  // namespace

std::array<Verdict, guarantee_count> check_session_guarantees(const History& history,
                                                              const CheckOptions& options,
                                                              const Budget& budget) {
  require_known(options);
  const auto started = std::chrono::steady_clock::now();
  Watch watch(budget, 1);
  Versions versions;
  SessionFindings findings;
  std::array<Verdict, guarantee_count> verdicts;
  const bool read = read_versions(history, options.initial, watch, versions);
  const bool judged =
      read && !versions.repeated && judge_sessions(history, versions, budget, watch, findings);
  const Concluding concluding(history, versions, findings);
  for (std::size_t g = 0; g < guarantee_count; ++g) {
    Verdict& verdict = verdicts[g];
    if (judged) {
      verdict = concluding.conclude(static_cast<Guarantee>(g), options.initial);
    } else if (read && versions.repeated) {
      verdict.reason = repeated_reason(history, versions);
    } else {
      verdict.reason =
          fmt::format("{} before all reads were judged",
                      watch.why().empty() ? std::string_view("the budget was spent") : watch.why());
    }
    verdict.checker = names[g];
    verdict.algorithm =
        "reads that miss a version of their causal past, each classified by what its session had "
        "written and seen";
    verdict.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  return verdicts;
}

Verdict check_read_your_writes(const History& history, const CheckOptions& options,
                               const Budget& budget) {
  return check_one(read_your_writes, history, options, budget);
}
Verdict check_monotonic_reads(const History& history, const CheckOptions& options,
                              const Budget& budget) {
  return check_one(monotonic_reads, history, options, budget);
}
Verdict check_monotonic_writes(const History& history, const CheckOptions& options,
                               const Budget& budget) {
  return check_one(monotonic_writes, history, options, budget);
}
Verdict check_writes_follow_reads(const History& history, const CheckOptions& options,
                                  const Budget& budget) {
  return check_one(writes_follow_reads, history, options, budget);
}

}  // namespace tribunal
