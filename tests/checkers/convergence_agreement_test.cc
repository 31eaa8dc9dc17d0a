// The convergence checker agrees with the definition on thousands of small random histories.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "checkers/convergence/convergence.h"
#include "harness/record/error.h"
#include "tests/checkers/convergence_by_definition.h"

namespace tribunal {
namespace {

std::string described(const History& history) {
  std::string text;
  for (const Operation& one : history.operations) {
    text += std::to_string(one.began) + "-" +
            (one.ended == Operation::never ? "?" : std::to_string(one.ended)) + " process " +
            std::to_string(one.process) + " " + history.nodes[one.node] + " " + history.show(one) +
            (one.ok()                         ? ""
             : one.outcome == Outcome::failed ? " failed"
                                              : " unknown") +
            "\n";
  }
  return text;
}

std::size_t histories() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 2'000; }

void compare(Kind kind, std::uint64_t seed, std::size_t count) {
  std::map<std::string, std::size_t> met;
  for (std::size_t round = 0; round < count; ++round) {
    Random random = Random::stream(seed, "convergence", round);
    const History history = random_convergence_history(kind, random);
    CheckOptions options;
    std::optional<std::int64_t> within;
    if (random.below(3) != 0) {
      const std::int64_t milliseconds = random.between(2, 12);
      within = milliseconds * 1'000'000;
      options.more["converge-within"] = std::to_string(milliseconds) + "ms";
    }
    const ExpectedConvergence expected =
        converges_by_definition(history, kind, options.initial, within);
    const Verdict verdict = check_convergence(history, options, Budget{});
    std::vector<std::string> offences;
    for (const Evidence& evidence : verdict.evidence) {
      offences.push_back(evidence.anomaly + " " + evidence.key);
      ++met[evidence.anomaly];
      EXPECT_LE(evidence.exhibits.size(), 6u) << described(history);
      EXPECT_FALSE(evidence.sentence.empty());
      for (const Arrow& arrow : evidence.arrows) {
        EXPECT_FALSE(arrow.why.empty());
        if (arrow.why == "real time") {
          EXPECT_LT(evidence.exhibits[arrow.from].ended, evidence.exhibits[arrow.to].began);
        }
      }
    }
    std::sort(offences.begin(), offences.end());
    ++met[std::string(name_of(verdict.judgement))];
    ASSERT_EQ(name_of(verdict.judgement), expected.judgement)
        << verdict.reason << "\nround " << round << "\n"
        << described(history);
    ASSERT_EQ(offences, expected.offences) << "round " << round << "\n" << described(history);
    ASSERT_EQ(verdict.violations, expected.offences.size());
  }
  // The drawing meets every judgement often enough for the agreement to mean something.
  for (const char* judgement : {"satisfied", "violated", "inconclusive", "vacuous"})
    EXPECT_GT(met[judgement], count / 200) << judgement;
  EXPECT_GT(met["lost acknowledged write"], count / 100);
  EXPECT_GT(met["divergence"], count / 100);
  if (kind == Kind::registers || kind == Kind::sets) {
    EXPECT_GT(met["resurrected value"], count / 400);
  }
}

TEST(Convergence, OfRegistersIsAsDefined) { compare(Kind::registers, 1, histories()); }
TEST(Convergence, OfListsIsAsDefined) { compare(Kind::lists, 2, histories()); }
TEST(Convergence, OfSetsIsAsDefined) { compare(Kind::sets, 3, histories()); }
TEST(Convergence, OfCountersIsAsDefined) { compare(Kind::counters, 4, histories()); }

TEST(Convergence, RefusesCallsThatItDoesNotKnow) {
  History history;
  Operation pop;
  pop.function = Function::pop;
  history.operations = {pop};
  EXPECT_THROW(check_convergence(history, {}, Budget{}), Error);
}

TEST(Convergence, OutOfTimeIsInconclusive) {
  Random random(5);
  History history;
  do {
    history = random_convergence_history(Kind::registers, random);
  } while (converges_by_definition(history, Kind::registers, {}, {}).judgement != "violated");
  std::stop_source stopped;
  stopped.request_stop();
  Budget budget;
  budget.stop = stopped.get_token();
  EXPECT_EQ(check_convergence(history, {}, budget).judgement, Judgement::inconclusive);
}

}  // namespace
}  // namespace tribunal
