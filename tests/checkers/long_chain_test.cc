// A violation at the end of a long chain of compare-and-sets is shown in a few operations that are
// impossible by themselves.
#include <gtest/gtest.h>

#include "checkers/linearizability/linearizable_register.h"
#include "tests/checkers/counterexample.h"

namespace tribunal {
namespace {

// write 0, then `length` compare-and-sets, each from the value before.
History chain(std::int64_t length) {
  History history;
  for (std::int64_t value = 0; value <= length; ++value) {
    Operation operation;
    operation.function = value == 0 ? Function::write : Function::cas;
    operation.value = Value::integer(value == 0 ? 0 : value - 1);
    if (value != 0) operation.to = Value::integer(value);
    operation.outcome = Outcome::ok;
    operation.began = history.events++;
    operation.ended = history.events++;
    history.operations.push_back(operation);
  }
  return history;
}

void add_read(History& history, std::int64_t value) {
  Operation read;
  read.value = Value::integer(value);
  read.outcome = Outcome::ok;
  read.began = history.events++;
  read.ended = history.events++;
  history.operations.push_back(read);
}

TEST(LongChain, EndsInAFewOperations) {
  for (const std::int64_t length : {3, 11, 12, 40, 1000}) {
    for (const std::int64_t stale : {std::int64_t{0}, length / 2, length - 1}) {
      History history = chain(length);
      add_read(history, stale);
      const Verdict verdict = check_linearizable_register(history, {}, Budget{});
      ASSERT_EQ(verdict.judgement, Judgement::violated);
      const Evidence& evidence = verdict.evidence.at(0);
      EXPECT_LE(evidence.exhibits.size(), 12u) << evidence.sentence;
      EXPECT_TRUE(impossible_by_itself(evidence, history, "cas-register", Value::nil()))
          << evidence.sentence;
    }
  }
}

TEST(LongChain, IsPossibleWhenReadAtItsEnd) {
  History history = chain(40);
  add_read(history, 40);
  EXPECT_EQ(check_linearizable_register(history, {}, Budget{}).judgement, Judgement::satisfied);
}

}  // namespace
}  // namespace tribunal
