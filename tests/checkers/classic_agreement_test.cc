// The classic checkers agree with their definitions, and with all orders where they are exact, on
// thousands of small histories; and they never convict what is linearizable.
#include <gtest/gtest.h>

#include <cstdlib>

#include "checkers/catalogue.h"
#include "harness/parts/catalogue.h"
#include "tests/checkers/classic_history.h"
#include "tests/checkers/model_object.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

std::uint64_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 2'000; }

Verdict judged(const char* checker, const History& history) {
  return find(checkers(), "checker", checker).check(history, {}, Budget{});
}

bool violated(const Verdict& verdict) {
  EXPECT_EQ(verdict.judgement == Judgement::violated, verdict.violations != 0);
  EXPECT_EQ(verdict.evidence.empty(), verdict.violations == 0);
  for (const Evidence& evidence : verdict.evidence) {
    EXPECT_LE(evidence.exhibits.size(), 6u) << evidence.sentence;
    EXPECT_FALSE(evidence.exhibits.empty());
    EXPECT_FALSE(evidence.sentence.empty());
  }
  return verdict.judgement == Judgement::violated;
}

// Both kinds must have come often enough for the agreement to mean something.
struct Tally {
  std::uint64_t right = 0, wrong = 0;
  void count(bool is_wrong) { ++(is_wrong ? wrong : right); }
  ~Tally() {
    EXPECT_GT(right, rounds() / 20);
    EXPECT_GT(wrong, rounds() / 20);
  }
};

bool repeats_elements(const History& history) {
  for (const Operation& one : history.operations) {
    for (const Operation& other : history.operations) {
      if (&one != &other && one.function == Function::append &&
          other.function == Function::append && one.value == other.value)
        return true;
    }
  }
  return false;
}

// Elements of their own for all appends, in what they append and in what is read.
TEST(ClassicLog, IsExact) {
  Random random = Random::stream(1, "log");
  Tally tally;
  for (std::uint64_t round = 0; round < rounds();) {
    const History history =
        random_model_history("log", 1 + random.below(8), 1 + random.below(4), random);
    if (repeats_elements(history)) continue;
    ++round;
    const bool expected = !linearizable_by_all_orders("log", history);
    const Verdict verdict = judged("log", history);
    ASSERT_EQ(violated(verdict), expected) << describe(history) << verdict.reason;
    tally.count(expected);
  }
}

TEST(ClassicMutex, IsExact) {
  Random random = Random::stream(1, "mutex");
  Tally tally;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history =
        random_model_history("fenced-mutex", 1 + random.below(8), 1 + random.below(4), random);
    const bool expected = !linearizable_by_all_orders("fenced-mutex", history);
    const Verdict verdict = judged("mutex", history);
    ASSERT_EQ(violated(verdict), expected) << describe(history) << verdict.reason;
    tally.count(expected);
  }
}

// It judges less than linearizability: what has an order is never convicted, and much of what has
// none is.
TEST(ClassicQueue, NeverConvictsWhatIsLinearizable) {
  Random random = Random::stream(1, "queue");
  std::uint64_t convicted = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history =
        random_model_history("unordered-queue", 1 + random.below(8), 1 + random.below(4), random);
    const bool guilty = violated(judged("unordered-queue", history));
    convicted += guilty;
    if (guilty) {
      ASSERT_FALSE(linearizable_by_all_orders("unordered-queue", history)) << describe(history);
    }
    if (violated(judged("total-queue", history))) {
      ASSERT_TRUE(guilty) << describe(history);
    }
  }
  EXPECT_GT(convicted, rounds() / 20);
}

TEST(ClassicCounter, AgreesWithItsDefinition) {
  Random random = Random::stream(1, "counter");
  for (const std::int64_t least : {0, -3}) {
    Tally tally;
    for (std::uint64_t round = 0; round < rounds(); ++round) {
      const History history = random_counter(least, random);
      const Verdict verdict = judged(least < 0 ? "pn-counter" : "counter", history);
      ASSERT_EQ(verdict.violations, counts_out_of_bounds(history)) << describe(history);
      tally.count(violated(verdict));
      if (verdict.violations != 0) {
        ASSERT_FALSE(linearizable_by_all_orders("counter", history)) << describe(history);
      }
    }
  }
}

TEST(ClassicLongFork, AgreesWithAllPairsOfReads) {
  Random random = Random::stream(1, "long fork");
  Tally tally;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history = random_group(random);
    const Verdict verdict = judged("long-fork", history);
    if (figure_of(verdict, "unexpected") != 0) continue;  // those reads are out of the account
    ASSERT_EQ(violated(verdict), forks(history)) << describe(history) << verdict.reason;
    tally.count(forks(history));
  }
}

TEST(ClassicCausalReverse, AgreesWithAllPairsOfWrites) {
  Random random = Random::stream(1, "causal reverse");
  Tally tally;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const History history = random_group(random);
    const Verdict verdict = judged("causal-reverse", history);
    ASSERT_EQ(verdict.violations, causal_reverses(history)) << describe(history) << verdict.reason;
    tally.count(violated(verdict));
  }
}

}  // namespace
}  // namespace tribunal
