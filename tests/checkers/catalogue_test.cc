// No checker is satisfied where nothing happened that it could judge.
#include "checkers/catalogue.h"

#include <gtest/gtest.h>

#include <ostream>

#include "checkers/linearizability/model_catalogue.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

struct Claim {
  std::string name;
  const Checker* checker;
  CheckOptions options;
};

// Every checker as it may be asked: `linearizable` by each of its models, staleness with a target.
std::vector<Claim> claims() {
  std::vector<Claim> all;
  for (const Checker& checker : checkers()) {
    Claim claim{checker.name, &checker, {}};
    if (checker.name == "linearizable") {
      for (const ModelKind& model : model_kinds()) {
        claim.options.more = {{"model", model.name}};
        claim.name = "model " + model.name;
        all.push_back(claim);
      }
      continue;
    }
    if (checker.name == "bank") claim.options.more = {{"accounts", "8"}, {"total", "80"}};
    all.push_back(claim);
    if (checker.name != "staleness") continue;
    claim.options.more = {{"freshness", "0.5"}, {"within", "1ms"}};
    claim.name += " with a target";
    all.push_back(claim);
  }
  return all;
}

void PrintTo(const Claim& claim, std::ostream* out) { *out << claim.name; }

// Of a transaction: one write.
Value argument(Function function, std::uint32_t number, Values& values) {
  if (function != Function::txn) return Value::integer(number);
  const Value write[] = {values.text("w"), Value::integer(0), Value::integer(number)};
  const Value writes[] = {values.list(write)};
  return values.list(writes);
}

History calls(Function function, Outcome outcome, std::size_t count) {
  History history;
  for (std::uint32_t i = 0; i < count; ++i) {
    Operation operation;
    operation.process = outcome == Outcome::unknown ? i : i % 2;
    operation.function = function;
    operation.outcome = outcome;
    operation.key = Value::integer(0);
    if (function != Function::read) operation.value = argument(function, i + 1, history.values);
    operation.began = history.events++;
    operation.invoked_at = operation.began;
    if (outcome != Outcome::unknown) operation.ended = history.events++;
    operation.completed_at = history.events;
    history.operations.push_back(operation);
  }
  return history;
}

class Catalogue : public ::testing::TestWithParam<Claim> {
 protected:
  // Whether the checker knows calls of that kind; then it must not be satisfied.
  static bool judged(const History& history) {
    try {
      const Verdict verdict = GetParam().checker->check(history, GetParam().options, Budget{});
      EXPECT_NE(verdict.judgement, Judgement::satisfied) << verdict.reason;
      EXPECT_NE(verdict.judgement, Judgement::violated) << verdict.reason;
      EXPECT_FALSE(verdict.reason.empty());
      return true;
    } catch (const Error&) {
      return false;
    }
  }
};

TEST_P(Catalogue, AnEmptyHistorySatisfiesNothing) { judged(History{}); }

TEST_P(Catalogue, FailedCallsSatisfyNothing) {
  std::size_t known = 0;
  for (std::size_t f = 0; f < function_names.size(); ++f)
    known += judged(calls(static_cast<Function>(f), Outcome::failed, 30));
  EXPECT_GT(known, 0u);
}

TEST_P(Catalogue, LostAnswersSatisfyNothing) {
  std::size_t known = 0;
  for (std::size_t f = 0; f < function_names.size(); ++f)
    known += judged(calls(static_cast<Function>(f), Outcome::unknown, 3));
  EXPECT_GT(known, 0u);
}

std::string test_name(const ::testing::TestParamInfo<Claim>& claim) {
  std::string name = claim.param.name;
  for (char& letter : name) {
    if (letter == '-' || letter == ' ') letter = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Claims, Catalogue, ::testing::ValuesIn(claims()), test_name);

}  // namespace
}  // namespace tribunal
