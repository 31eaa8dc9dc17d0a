#include "checkers/sequential/sequential.h"

#include <fmt/core.h>

#include <chrono>
#include <numeric>

#include "checkers/exhibits.h"
#include "checkers/options.h"
#include "checkers/sequential/total_order.h"
#include "checkers/sequential/witness.h"
#include "checkers/versions/witness.h"
#include "harness/record/figure.h"

namespace tribunal {
namespace {

constexpr std::chrono::milliseconds for_a_witness{3'000};

void violate(Verdict& verdict, std::string reason, Evidence evidence) {
  verdict.judgement = Judgement::violated;
  verdict.reason = std::move(reason);
  verdict.violations = 1;
  verdict.evidence.push_back(std::move(evidence));
}

// Two list reads of which neither is a beginning of the other.
Evidence dispute_evidence(const History& history, const ReadFlaw& flaw) {
  EvidenceMaker maker(history, {flaw.operation, flaw.other});
  maker.evidence.anomaly = "contradicting lists";
  maker.evidence.sentence =
      "neither list is a beginning of the other, so no one order of the appends gives both";
  maker.evidence.impossible_at = history.operations[flaw.operation].ended;
  return maker.evidence;
}

class Judge {
 public:
  Judge(const History& history, const CheckOptions& options, const Budget& budget)
      : history_(history), options_(options), budget_(budget), watch_(budget, 1) {}

  Verdict run() {
    verdict_.checker = "sequential";
    verdict_.algorithm = "saturation of forced orders, then assumed ones";
    if (!read_versions(history_, options_.initial, watch_, versions_)) {
      verdict_.reason = fmt::format("not judged: {}", watch_.why());
      return verdict_;
    }
    note_figures();
    if (versions_.repeated) {
      verdict_.reason = repeated_reason(history_, versions_);
    } else if (!versions_.flaws.empty()) {
      verdict_.operations = versions_.steps.size();
      auto evidence = flaw_evidence(history_, versions_, 1);  // of all flaws but disputes
      if (evidence.empty()) evidence = {dispute_evidence(history_, versions_.flaws.front())};
      violate(verdict_, fmt::format("{} reads that no order explains", versions_.flaws.size()),
              std::move(evidence.front()));
      verdict_.violations = versions_.flaws.size();
    } else if (reads_ == 0) {
      verdict_.judgement = Judgement::vacuous;
      verdict_.reason = "nothing was read: any order will do";
    } else {
      judge();
    }
    return verdict_;
  }

 private:
  void note_figures() {
    for (const SessionStep& step : versions_.steps) reads_ += step.read != Versions::none;
    verdict_.keys = versions_.keys.size();
    verdict_.figures = {{"operations that count", grouped(versions_.steps.size())},
                        {"sessions", grouped(versions_.sessions())},
                        {"keys", grouped(versions_.keys.size())},
                        {"reads", grouped(reads_)}};
  }

  void judge() {
    std::vector<std::uint32_t> all(versions_.steps.size());
    std::iota(all.begin(), all.end(), 0U);
    watch_.hold(versions_.bytes());
    OrderFinding finding = find_order(order_problem(versions_, all, Numbers::kept), watch_);
    if (finding.answer == OrderFinding::impossible && !history_.versions.empty())
      finding = find_order(order_problem(versions_, all, Numbers::ignored), watch_);
    verdict_.figures.emplace_back(
        "decided by", finding.tried == 0
                          ? std::string("saturation")
                          : fmt::format("search: {} orders of two writes assumed, {} refuted",
                                        grouped(finding.tried), grouped(finding.refuted)));
    switch (finding.answer) {
      case OrderFinding::found:
        verdict_.operations = all.size();
        verdict_.judgement = Judgement::satisfied;
        verdict_.reason = fmt::format("all {} operations of {} sessions fit into one order",
                                      grouped(all.size()), grouped(versions_.sessions()));
        return;
      case OrderFinding::impossible:
        verdict_.operations = all.size();
        convict();
        return;
      case OrderFinding::spent:
        verdict_.reason = fmt::format(
            "no contradiction follows from the orders that are forced, but no order of all was "
            "found either ({})",
            watch_.why());
    }
  }

  void convict() {
    Budget budget = budget_;
    budget.deadline = std::min(budget.deadline, std::chrono::steady_clock::now() + for_a_witness);
    Watch watch(budget, 1);
    const auto witness = smallest_witness(history_, versions_, watch);
    violate(verdict_,
            fmt::format("no order of the {} operations keeps every session's order",
                        grouped(versions_.steps.size())),
            sequential_evidence(history_, versions_, witness));
  }

  const History& history_;
  const CheckOptions& options_;
  const Budget& budget_;
  Watch watch_;
  Versions versions_;
  Verdict verdict_;
  std::uint64_t reads_ = 0;
};

}  // namespace

Verdict check_sequential(const History& history, const CheckOptions& options,
                         const Budget& budget) {
  require_known(options);
  const auto started = std::chrono::steady_clock::now();
  Verdict verdict = Judge(history, options, budget).run();
  verdict.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return verdict;
}

}  // namespace tribunal
