// The zone algorithm and the search agree with brute force on thousands of small histories, and so
// does their evidence.
#include <gtest/gtest.h>

#include <cstdlib>
#include <numeric>

#include "checkers/linearizability/entries.h"
#include "checkers/linearizability/interned_space.h"
#include "checkers/linearizability/linearizable_register.h"
#include "checkers/linearizability/models/register.h"
#include "checkers/linearizability/register_zones.h"
#include "harness/record/error.h"
#include "tests/checkers/brute_force.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

std::uint64_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 400'000 : 20'000; }

std::vector<std::uint32_t> all_places(const History& history) {
  std::vector<std::uint32_t> places(history.operations.size());
  std::iota(places.begin(), places.end(), 0u);
  return places;
}

RandomShape draw_shape(Random& random) {
  RandomShape shape;
  shape.operations = 1 + random.below(8);
  shape.processes = 1 + random.below(4);
  shape.values = 1 + static_cast<std::int64_t>(random.below(4));
  shape.unique = random.below(2) == 0;
  shape.initial = random.below(2) == 0 ? Value::nil() : Value::integer(0);
  return shape;
}

TEST(RegisterZones, AgreeWithAllOrders) {
  Random random(1);
  Budget budget;
  int possible = 0, impossible = 0, repeated = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const RandomShape shape = draw_shape(random);
    const History history = random_history(shape, random);
    Watch watch(budget, 1);
    const Flaw flaw = RegisterZones(history, shape.initial).judge(all_places(history), watch).flaw;
    if (flaw == Flaw::repeated) {
      ++repeated;
      ASSERT_FALSE(shape.unique) << describe(history);
      continue;
    }
    const bool expected = register_linearizable_by_all_orders(history, shape.initial);
    ASSERT_EQ(flaw == Flaw::none, expected) << "round " << round << "\n" << describe(history);
    ++(expected ? possible : impossible);
  }
  EXPECT_GT(possible, 1000);
  EXPECT_GT(impossible, 1000);
  EXPECT_GT(repeated, 1000);
}

TEST(RegisterSearch, AgreesWithAllOrders) {
  Random random(2);
  Budget budget;
  int possible = 0, impossible = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const RandomShape shape = draw_shape(random);
    const History history = random_history(shape, random);
    Watch watch(budget, 1);
    RegisterModel model;
    model.history = &history;
    model.initial = shape.initial;
    InternedSpace<RegisterModel> space(model);
    const auto entries = entries_of(history, space, all_places(history));
    SearchTask task;
    task.entries = entries;
    const SearchResult result = search(space, task, watch);
    const bool expected = register_linearizable_by_all_orders(history, shape.initial);
    ASSERT_EQ(result.answer == SearchResult::Answer::linearizable, expected)
        << "round " << round << "\n"
        << describe(history);
    if (!expected) {
      ASSERT_EQ(result.event, first_impossible_event(history, shape.initial)) << describe(history);
    }
    ++(expected ? possible : impossible);
  }
  EXPECT_GT(possible, 1000);
  EXPECT_GT(impossible, 1000);
}

TEST(RegisterEvidence, IsImpossibleByItself) {
  Random random(3);
  int shown = 0;
  std::size_t exhibits = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    const RandomShape shape = draw_shape(random);
    const History history = random_history(shape, random);
    const Verdict verdict = check_linearizable_register(history, {shape.initial, {}}, Budget{});
    ASSERT_EQ(verdict.violations,
              register_linearizable_by_all_orders(history, shape.initial) ? 0u : 1u);
    if (verdict.violations == 0) continue;
    const Evidence& evidence = verdict.evidence.at(0);
    std::vector<std::uint32_t> began;
    for (const Exhibit& exhibit : evidence.exhibits) began.push_back(exhibit.began);
    const History kept = only(history, began);
    ASSERT_FALSE(register_linearizable_by_all_orders(kept, shape.initial))
        << describe(history) << "\nshown:\n"
        << describe(kept);
    ASSERT_EQ(evidence.impossible_at, first_impossible_event(history, shape.initial))
        << describe(history);
    ASSERT_FALSE(evidence.sentence.empty());
    ASSERT_LE(evidence.exhibits.size(), 8u);
    exhibits += evidence.exhibits.size();
    ++shown;
  }
  EXPECT_GT(shown, 1000);
  EXPECT_LE(exhibits, 5u * static_cast<std::size_t>(shown));
}

}  // namespace
}  // namespace tribunal
