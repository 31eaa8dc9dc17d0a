// For every model the search agrees with all orders on thousands of small histories, and what it
// shows as evidence is impossible by itself.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/model_catalogue.h"
#include "harness/record/error.h"
#include "tests/checkers/brute_force.h"
#include "tests/checkers/model_object.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

std::uint64_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 100'000 : 5'000; }

CheckOptions options_of(const std::string& model) { return {Value::nil(), {{"model", model}}}; }

class Models : public ::testing::TestWithParam<std::string> {};

TEST_P(Models, AgreeWithAllOrders) {
  Random random = Random::stream(1, GetParam());
  std::uint64_t possible = 0, impossible = 0;
  for (std::uint64_t round = 0; round < rounds(); ++round) {
    History history =
        random_model_history(GetParam(), 1 + random.below(8), 1 + random.below(4), random);
    const bool expected = linearizable_by_all_orders(GetParam(), history);
    const Verdict verdict = check_linearizable(history, options_of(GetParam()), Budget{});
    ASSERT_EQ(verdict.violations, expected ? 0u : 1u) << "round " << round << "\n"
                                                      << describe(history) << verdict.reason;
    ++(expected ? possible : impossible);
    if (expected) continue;
    const Evidence& evidence = verdict.evidence.at(0);
    ASSERT_EQ(evidence.impossible_at, first_impossible_event_of(GetParam(), history))
        << describe(history);
    std::vector<std::uint32_t> began;
    for (const Exhibit& exhibit : evidence.exhibits) began.push_back(exhibit.began);
    ASSERT_LE(began.size(), 8u);
    std::erase_if(history.operations, [&](const Operation& operation) {
      return std::find(began.begin(), began.end(), operation.began) == began.end();
    });
    ASSERT_FALSE(linearizable_by_all_orders(GetParam(), history)) << "shown:\n"
                                                                  << describe(history);
  }
  EXPECT_GT(possible, rounds() / 20);
  EXPECT_GT(impossible, rounds() / 20);
}

TEST(Linearizable, RefusesModelsAndCallsItDoesNotKnow) {
  const auto complaint = [](const std::string& model, const History& history) {
    try {
      check_linearizable(history, options_of(model), Budget{});
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::usage);
      return std::string(error.what()) + " " + error.fix();
    }
    return std::string("no error");
  };
  EXPECT_NE(complaint("", {}).find("priority-queue"), std::string::npos);
  EXPECT_NE(complaint("bag", {}).find("fifo-queue"), std::string::npos);
  History history;
  history.operations.emplace_back().function = Function::cas;
  EXPECT_NE(complaint("register", history).find("'cas'"), std::string::npos);
  EXPECT_EQ(complaint("cas-register", history), "no error");
  history.operations[0].function = Function::txn;
  history.operations[0].value = Value::integer(3);
  EXPECT_NE(complaint("multi-register", history).find("[\"r\", key, value]"), std::string::npos);
  EXPECT_THROW(check_linearizable({}, {Value::integer(1), {{"model", "mutex"}}}, Budget{}), Error);
}

std::vector<std::string> names() {
  std::vector<std::string> names;
  for (const ModelKind& kind : model_kinds()) names.push_back(kind.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(All, Models, ::testing::ValuesIn(names()), [](const auto& model) {
  std::string name = model.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

}  // namespace
}  // namespace tribunal
