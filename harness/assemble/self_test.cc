#include "harness/assemble/self_test.h"

#include <fmt/core.h>

#include "checkers/planting/planting.h"

namespace tribunal {

void add_detection(Verdict& verdict, const Checker& checker, History& history,
                   const CheckOptions& options, const Budget& budget, const SelfTest& test) {
  if (verdict.judgement != Judgement::satisfied) return;
  const auto detections = detection_power(checker, history, options, budget, test.seed, test.most);
  std::size_t planted = 0, found = 0;
  std::string missed;
  for (const Detection& detection : detections) {
    planted += detection.planted;
    found += detection.found;
    if (missed.empty()) missed = detection.missed;
    verdict.figures.emplace_back(
        "planted: " + detection.anomaly,
        detection.planted == 0 ? "the history has no place for one"
                               : fmt::format("{} of {} found", detection.found, detection.planted));
  }
  if (detections.empty()) {
    verdict.figures.emplace_back("planted", "nothing is known to plant for this claim");
  } else if (planted == 0) {
    verdict.judgement = Judgement::vacuous;
    verdict.reason =
        "the history has no place where a violation could be planted, so it could not "
        "have shown one; " +
        verdict.reason;
  } else if (found < planted) {
    verdict.judgement = Judgement::inconclusive;
    verdict.reason = fmt::format("{} of {} planted anomalies were not found, such as: {}",
                                 planted - found, planted, missed);
  } else {
    verdict.reason += fmt::format("; {} of {} planted anomalies found", found, planted);
  }
}

}  // namespace tribunal
