// Green must be earned: what is not known to be well is never satisfied.
#include "harness/run/judge.h"

#include <gtest/gtest.h>

#include "harness/record/error.h"

namespace tribunal {
namespace {

Checker checker_that(std::function<Verdict()> answer) {
  return {"it", "",
          [answer = std::move(answer)](const History&, const CheckOptions&, const Budget&) {
            return answer();
          }};
}

Judgement judged(std::function<Verdict()> answer) {
  return judge(checker_that(std::move(answer)), History{}, {}, {}).judgement;
}

TEST(Judge, AVerdictThatNobodyTouchedIsInconclusive) {
  EXPECT_EQ(judged([] { return Verdict{}; }), Judgement::inconclusive);
  EXPECT_EQ(worst({}), Judgement::inconclusive);
}

TEST(Judge, ACheckerThatThrowsIsAHarnessError) {
  EXPECT_EQ(judged([]() -> Verdict { throw std::logic_error("bug"); }), Judgement::harness_error);
}

TEST(Judge, AConvictionWithoutEvidenceIsAHarnessError) {
  Verdict verdict;
  verdict.judgement = Judgement::violated;
  EXPECT_EQ(judged([&] { return verdict; }), Judgement::harness_error);
  verdict.evidence.emplace_back();
  EXPECT_EQ(judged([&] { return verdict; }), Judgement::violated);
}

TEST(Judge, AHistoryThatSaysNothingOfTheClaimIsTheUsersMistake) {
  EXPECT_THROW(judged([]() -> Verdict { throw Error(Blame::usage, "not a register"); }), Error);
}

TEST(Judge, ExitCodesAreThoseOfTheArchitecture) {
  EXPECT_EQ(exit_code(Judgement::satisfied), 0);
  EXPECT_EQ(exit_code(Judgement::violated), 1);
  EXPECT_EQ(exit_code(Judgement::inconclusive), 2);
  EXPECT_EQ(exit_code(Judgement::vacuous), 2);
  EXPECT_EQ(exit_code(Judgement::harness_error), 3);
}

std::vector<PlannedFault> planned(int count) {
  std::vector<PlannedFault> schedule;
  for (int i = 0; i < count; ++i) {
    PlannedFault fault;
    fault.id = i;
    fault.fault = i % 2 ? "kill" : "pause";
    schedule.push_back(fault);
  }
  return schedule;
}

std::vector<Receipt> complete(const std::vector<PlannedFault>& schedule) {
  std::vector<Receipt> receipts;
  for (const auto& fault : schedule) {
    Receipt receipt;
    receipt.planned = fault;
    receipt.installed = receipt.observed = receipt.exercised = receipt.heal_requested =
        receipt.healed = receipt.heal_verified = 1;
    receipts.push_back(receipt);
  }
  return receipts;
}

TEST(JudgeFaults, EveryOneMetAndHealedIsSatisfied) {
  const auto schedule = planned(4);
  EXPECT_EQ(judge_faults(schedule, complete(schedule), 0.9).judgement, Judgement::satisfied);
}

TEST(JudgeFaults, OneThatIsNotSeenToHealIsAHarnessError) {
  const auto schedule = planned(4);
  auto receipts = complete(schedule);
  receipts[2].heal_verified.reset();
  EXPECT_EQ(judge_faults(schedule, receipts, 0.9).judgement, Judgement::harness_error);
}

TEST(JudgeFaults, TooFewExercisedIsVacuous) {
  const auto schedule = planned(10);
  auto receipts = complete(schedule);
  receipts[0].exercised.reset();
  EXPECT_EQ(judge_faults(schedule, receipts, 0.9).judgement, Judgement::satisfied);
  receipts[1].exercised.reset();
  EXPECT_EQ(judge_faults(schedule, receipts, 0.9).judgement, Judgement::vacuous);
}

TEST(JudgeFaults, AKindThatWasNeverExercisedIsVacuousWhateverTheShare) {
  const auto schedule = planned(10);
  auto receipts = complete(schedule);
  for (std::size_t i = 0; i < receipts.size(); i += 2) receipts[i].exercised.reset();
  EXPECT_EQ(judge_faults(schedule, receipts, 0.1).judgement, Judgement::vacuous);
}

TEST(JudgeFaults, AKindPlannedOnceAndNeverExercisedIsVacuousToo) {
  auto schedule = planned(20);
  schedule.back().fault = "meteor";
  auto receipts = complete(schedule);
  EXPECT_EQ(judge_faults(schedule, receipts, 0).judgement, Judgement::satisfied);
  receipts.back().exercised.reset();
  EXPECT_EQ(judge_faults(schedule, receipts, 0).judgement, Judgement::vacuous);
}

TEST(JudgeFaults, PlannedOnesWithoutAReceiptCount) {
  EXPECT_EQ(judge_faults(planned(4), {}, 0.9).judgement, Judgement::vacuous);
}

TEST(JudgeCourse, ARunThatWasCutShortIsInconclusive) {
  RunFacts facts;
  History history;
  EXPECT_EQ(judge_course(facts, history).judgement, Judgement::satisfied);
  facts.interrupted = "SIGINT";
  EXPECT_EQ(judge_course(facts, history).judgement, Judgement::inconclusive);
  facts.interrupted.clear();
  history.truncated = true;
  EXPECT_EQ(judge_course(facts, history).judgement, Judgement::inconclusive);
}

}  // namespace
}  // namespace tribunal
