// Session guarantees and causal models agree with their definitions on small random histories.
#include <gtest/gtest.h>

#include <cstdlib>

#include "checkers/causal/causal_checkers.h"
#include "checkers/sessions/session_checkers.h"
#include "tests/checkers/sessions_histories.h"
#include "tests/checkers/sessions_oracle.h"

namespace tribunal {
namespace {

std::uint64_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 2'000; }

struct Tally {
  std::uint64_t violated = 0, not_violated = 0;

  void count(bool is_violated) { ++(is_violated ? violated : not_violated); }
};

void expect_explained(const Verdict& verdict, std::size_t most, const std::string& text) {
  EXPECT_EQ(verdict.judgement == Judgement::violated, !verdict.evidence.empty()) << text;
  for (const Evidence& evidence : verdict.evidence) {
    EXPECT_FALSE(evidence.sentence.empty());
    EXPECT_FALSE(evidence.exhibits.empty()) << text << verdict.reason;
    for (const Arrow& arrow : evidence.arrows) {
      EXPECT_LT(std::max(arrow.from, arrow.to), evidence.exhibits.size());
      EXPECT_NE(arrow.from, arrow.to) << text << evidence.sentence;
    }
  }
  if (!verdict.evidence.empty()) {
    EXPECT_LE(verdict.evidence.front().exhibits.size(), most)
        << text << verdict.evidence.front().sentence;
  }
}

void compare_guarantees(const History& history, const OracleVerdicts& expected,
                        std::array<Tally, 4>& tallies) {
  const std::string text = describe_sessions(history);
  const auto verdicts = check_session_guarantees(history, {}, {});
  for (std::size_t g = 0; g < guarantee_count; ++g) {
    const Verdict& verdict = verdicts[g];
    expect_explained(verdict, 7, verdict.checker + "\n" + text);
    if (expected.cyclic) {
      EXPECT_NE(verdict.judgement, Judgement::satisfied) << verdict.checker << "\n" << text;
      continue;
    }
    const bool violated = expected.impossible || expected.guarantee_broken[g];
    EXPECT_EQ(verdict.judgement == Judgement::violated, violated)
        << verdict.checker << ": " << verdict.reason << "\n"
        << text;
    const std::string bad = std::to_string(expected.bad_reads[g]) + " of ";
    if (g < monotonic_writes && !verdict.figures.empty()) {
      EXPECT_EQ(verdict.figures[0].second.substr(0, bad.size()), bad) << verdict.checker << "\n"
                                                                      << text;
    }
    tallies[g].count(violated);
  }
}

void compare_causal(const History& history, const OracleVerdicts& expected,
                    std::array<Tally, 4>& tallies) {
  const std::string text = describe_sessions(history);
  const std::array<Verdict, 4> verdicts = {
      check_causal(history, {}, {}), check_causal_convergent(history, {}, {}),
      check_causal_memory(history, {}, {}), check_pram(history, {}, {})};
  const std::array<bool, 4> holds = {expected.causal, expected.convergent, expected.memory,
                                     expected.pram};
  for (std::size_t i = 0; i < holds.size(); ++i) {
    EXPECT_EQ(verdicts[i].judgement == Judgement::violated, !holds[i])
        << verdicts[i].checker << ": " << verdicts[i].reason << "\n"
        << text;
    EXPECT_NE(verdicts[i].judgement, Judgement::inconclusive) << verdicts[i].reason << text;
    expect_explained(verdicts[i], 10, verdicts[i].checker + "\n" + text);
    tallies[i].count(!holds[i]);
  }
}

class Agreement : public ::testing::TestWithParam<WeakStoreShape> {};

TEST_P(Agreement, WithTheDefinitions) {
  Random random(GetParam().operations * 100 + GetParam().keys * 10 + GetParam().sessions);
  std::array<Tally, 4> guarantees, models;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history = weak_store_history(GetParam(), random);
    const OracleVerdicts expected = judge_by_definition(history);
    compare_guarantees(history, expected, guarantees);
    compare_causal(history, expected, models);
    if (HasFailure()) break;
  }
  if (HasFailure()) return;
  for (const auto& tallies : {guarantees, models}) {
    for (const Tally& tally : tallies) {
      EXPECT_GT(tally.violated, rounds() / 50);
      EXPECT_GT(tally.not_violated, rounds() / 50);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Agreement,
                         ::testing::Values(WeakStoreShape{9, 3, 2, 2, false, false},
                                           WeakStoreShape{10, 4, 1, 3, false, false},
                                           WeakStoreShape{9, 3, 2, 2, true, false},
                                           WeakStoreShape{10, 4, 1, 3, true, false},
                                           WeakStoreShape{9, 3, 2, 2, false, true}),
                         [](const auto& shape) {
                           return std::string(shape.param.lists      ? "Lists"
                                              : shape.param.numbered ? "Numbered"
                                                                     : "Registers") +
                                  std::to_string(shape.param.keys) + "Keys";
                         });

}  // namespace
}  // namespace tribunal
