// Session guarantees and causal models agree with their definitions on small random histories.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <vector>

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
    ASSERT_FALSE(evidence.exhibits.empty()) << text << verdict.reason;
    // A value that one operation shows to be wrong; a compare-and-set from a value to itself.
    const bool alone = evidence.anomaly == "value from nowhere" ||
                       evidence.anomaly == "duplicated element" ||
                       evidence.exhibits.front().text.starts_with("cas");
    EXPECT_GE(evidence.exhibits.size(), alone ? 1u : 2u) << text << evidence.sentence;
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

using Verdicts = std::vector<Verdict>;

Verdicts judge_all(const History& history) {
  auto four = check_session_guarantees(history, {}, {});
  Verdicts verdicts(four.begin(), four.end());
  verdicts.push_back(check_causal(history, {}, {}));
  verdicts.push_back(check_causal_convergent(history, {}, {}));
  verdicts.push_back(check_causal_memory(history, {}, {}));
  verdicts.push_back(check_pram(history, {}, {}));
  return verdicts;
}

// By claim, whether some `most` operations of a history of registers violate it by themselves; each
// read among them with the write that it saw.
std::vector<bool> violated_by_few(const History& history, int most) {
  const auto writes = [](const Operation& o, Value key, Value value) {
    return o.key == key &&
           (o.function == Function::cas ? o.to == value
                                        : o.function == Function::write && o.value == value);
  };
  std::vector<bool> violated(8, false);
  const std::size_t n = history.operations.size();
  for (std::uint32_t mask = 1; mask < (1U << n); ++mask) {
    if (std::popcount(mask) > most) continue;
    History few;
    few.nodes = history.nodes;
    for (std::size_t i = 0; i < n; ++i) {
      if ((mask >> i & 1) != 0) few.operations.push_back(history.operations[i]);
    }
    const bool whole =
        std::all_of(few.operations.begin(), few.operations.end(), [&](const Operation& o) {
          return writes(o, o.key, o.value) || o.value.is_nil() ||
                 std::any_of(few.operations.begin(), few.operations.end(),
                             [&](const Operation& w) { return writes(w, o.key, o.value); });
        });
    if (!whole) continue;
    const Verdicts verdicts = judge_all(few);
    for (std::size_t i = 0; i < verdicts.size(); ++i)
      violated[i] = violated[i] || verdicts[i].judgement == Judgement::violated;
  }
  return violated;
}

// Six operations show a violation, unless no six operations of the history do.
TEST(Witness, IsOfSixOperationsWhereverSixWillDo) {
  std::size_t violated = 0, larger = 0;
  for (const WeakStoreShape& shape : {WeakStoreShape{13, 4, 2, 3, false, false, true},
                                      WeakStoreShape{17, 5, 2, 3, false, false, true}}) {
    Random random(21);
    for (std::uint64_t round = 0; round < rounds(); ++round) {
      const History history = weak_store_history(shape, random);
      const Verdicts verdicts = judge_all(history);
      std::vector<bool> by_few;
      for (std::size_t i = 0; i < verdicts.size(); ++i) {
        if (verdicts[i].judgement != Judgement::violated) continue;
        ++violated;
        if (verdicts[i].evidence.front().exhibits.size() <= 6) continue;
        ++larger;
        if (by_few.empty()) by_few = violated_by_few(history, 6);
        EXPECT_FALSE(by_few[i]) << verdicts[i].checker << "\n" << describe_sessions(history);
      }
    }
  }
  EXPECT_GT(violated, rounds());
  EXPECT_LT(larger, violated / 100);
}

TEST(Threads, ChangeNothing) {
  Random random(5);
  const WeakStoreShape shape{60'000, 8, 60, 3, false, false, true};
  const History history = weak_store_history(shape, random);
  std::array<std::array<Verdict, guarantee_count>, 2> verdicts;
  for (const unsigned threads : {1u, 2u}) {
    Budget budget;
    budget.threads = threads;
    verdicts[threads - 1] = check_session_guarantees(history, {}, budget);
  }
  for (std::size_t g = 0; g < guarantee_count; ++g) {
    const Verdict &one = verdicts[0][g], &two = verdicts[1][g];
    EXPECT_GT(one.operations, 50'000u);  // fewer are judged by one thread
    EXPECT_NE(one.judgement, Judgement::inconclusive);
    EXPECT_EQ(one.reason, two.reason);
    EXPECT_EQ(one.figures, two.figures);
    ASSERT_EQ(one.evidence.size(), two.evidence.size());
    for (std::size_t i = 0; i < one.evidence.size(); ++i)
      EXPECT_EQ(one.evidence[i].sentence, two.evidence[i].sentence);
  }
}

}  // namespace
}  // namespace tribunal
