// A spent budget is inconclusive, never satisfied and never a crash; how many threads there are
// changes no verdict.
#include <gtest/gtest.h>

#include <span>
#include <thread>
#include <vector>

#include "checkers/catalogue.h"
#include "checkers/linearizability/linearizable.h"
#include "checkers/linearizability/linearizable_register.h"
#include "harness/parts/catalogue.h"
#include "harness/record/error.h"
#include "harness/record/random.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

Operation call(Function function, std::uint32_t began, std::uint32_t ended, Value value,
               Value key) {
  Operation operation;
  operation.function = function;
  operation.outcome = Outcome::ok;
  operation.began = began;
  operation.ended = ended;
  operation.value = value;
  operation.key = key;
  return operation;
}

// Many enqueues open at once and a dequeue during all of them: each order is a state of its own.
// One value comes twice, which no monitor takes.
History hard_history(std::uint32_t open) {
  History history;
  for (std::uint32_t i = 0; i < open; ++i) {
    history.operations.push_back(call(Function::enqueue, i, open + 2 + i,
                                      Value::integer(i == open - 1 ? 1 : i), Value::integer(0)));
  }
  history.operations.push_back(
      call(Function::dequeue, open, open + 1, Value::integer(1), Value::integer(0)));
  history.events = 2 * open + 2;
  return history;
}

Verdict check_queue(const History& history, const Budget& budget) {
  return check_linearizable(history, {Value::nil(), {{"model", "fifo-queue"}}}, budget);
}

// Operations of many keys, one after the other; `bad` of them read what was replaced.
History many_keys(std::uint32_t keys, std::uint32_t bad) {
  History history;
  for (std::uint32_t key = 0; key < keys; ++key) {
    const Value name = Value::integer(key);
    for (std::int64_t i = 1; i <= 300; ++i) {
      const std::uint32_t event = history.events;
      history.operations.push_back(
          call(Function::write, event, event + 1, Value::integer(i), name));
      const std::int64_t answer = key < bad && i == 200 ? i - 1 : i;
      history.operations.push_back(
          call(Function::read, event + 2, event + 3, Value::integer(answer), name));
      history.events += 4;
    }
  }
  return history;
}

TEST(Budget, SpentTimeIsInconclusive) {
  Budget budget;
  budget.deadline = std::chrono::steady_clock::now();
  const History history = many_keys(10, 0);
  for (const char* name : {"linearizable-register", "progress"}) {
    const Verdict verdict = find(checkers(), "checker", name).check(history, {}, budget);
    EXPECT_EQ(verdict.judgement, Judgement::inconclusive) << name;
    EXPECT_FALSE(verdict.reason.empty());
  }
  History sets;
  sets.operations.push_back(call(Function::add, 0, 1, Value::integer(1), Value::nil()));
  EXPECT_EQ(find(checkers(), "checker", "set").check(sets, {}, budget).judgement,
            Judgement::inconclusive);
}

TEST(Budget, SpentMemoryIsInconclusiveAndSaysHowFarItCame) {
  Budget budget;
  budget.bytes = 4'000'000;
  const Verdict verdict = check_queue(hard_history(40), budget);
  EXPECT_EQ(verdict.judgement, Judgement::inconclusive);
  EXPECT_NE(verdict.reason.find("memory"), std::string::npos) << verdict.reason;
  EXPECT_NE(verdict.reason.find("up to its operation"), std::string::npos) << verdict.reason;
}

TEST(Budget, AStopEndsTheSearch) {
  Budget budget;
  std::stop_source source;
  budget.stop = source.get_token();
  std::jthread stopper([&source] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    source.request_stop();
  });
  const Verdict verdict = check_queue(hard_history(60), budget);
  EXPECT_EQ(verdict.judgement, Judgement::inconclusive);
  EXPECT_NE(verdict.reason.find("stopped"), std::string::npos) << verdict.reason;
}

TEST(Budget, MoreOpenOperationsThanCanBeSearchedAreInconclusive) {
  const Verdict verdict = check_queue(hard_history(4200), Budget{});
  EXPECT_EQ(verdict.judgement, Judgement::inconclusive);
  EXPECT_NE(verdict.reason.find("open at once"), std::string::npos) << verdict.reason;
  EXPECT_NE(verdict.reason.find("up to its operation 4,096"), std::string::npos) << verdict.reason;
}

// A thousand lost writes of two values are two kinds, and those of values that nobody read are
// none.
TEST(Budget, LostOperationsOfOneKindAreOne) {
  History history;
  std::uint32_t event = 0;
  for (std::int64_t i = 0; i < 6'000; ++i) {
    Operation lost = call(Function::write, event++, Operation::never,
                          Value::integer(i % 3 == 0 ? i + 10 : i % 2), Value::nil());
    lost.outcome = Outcome::unknown;
    history.operations.push_back(lost);
  }
  for (std::int64_t i = 0; i < 6; ++i, event += 2) {
    history.operations.push_back(
        call(Function::read, event, event + 1, Value::integer(i % 2), Value::nil()));
  }
  history.events = event;
  const CheckOptions options{Value::nil(), {{"model", "register"}}};
  EXPECT_EQ(check_linearizable(history, options, Budget{}).judgement, Judgement::satisfied);
}

// Appends that are all open at once, and reads that show in which order they came.
History appended_at_once(std::uint32_t open, std::span<const Value> read) {
  History history;
  const Value key = Value::integer(0);
  for (std::uint32_t i = 0; i < open; ++i)
    history.operations.push_back(call(Function::append, i, open + i, Value::integer(i), key));
  std::vector<Value> shown(read.begin(), read.end());
  for (std::uint32_t i = 0; i < 2; ++i) {
    history.operations.push_back(call(Function::read, 2 * open + 2 * i, 2 * open + 2 * i + 1,
                                      history.values.list(shown), key));
  }
  history.events = 2 * open + 4;
  return history;
}

// There are 40 factorial orders, of which a read leaves one.
TEST(Budget, SufficesForAppendsWhoseOrderIsRead) {
  Budget budget;
  budget.bytes = 4'000'000;
  const auto check = [&](const std::vector<Value>& read) {
    const CheckOptions options = {Value::nil(), {{"model", "log"}}};
    return check_linearizable(appended_at_once(40, read), options, budget).judgement;
  };
  std::vector<Value> read;
  for (int i = 0; i < 40; ++i) read.push_back(Value::integer(39 - i));
  EXPECT_EQ(check(read), Judgement::satisfied);
  read.back() = read.front();
  EXPECT_EQ(check(read), Judgement::violated);
}

TEST(Threads, ChangeNoVerdict) {
  const History history = many_keys(120, 7);
  Budget one, two;
  one.threads = 1;
  two.threads = 2;
  const Verdict alone = check_linearizable_register(history, {}, one);
  const Verdict both = check_linearizable_register(history, {}, two);
  EXPECT_EQ(alone.judgement, Judgement::violated);
  EXPECT_EQ(alone.violations, 7u);
  EXPECT_EQ(both.violations, 7u);
  ASSERT_EQ(alone.evidence.size(), 5u);
  ASSERT_EQ(both.evidence.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(alone.evidence[i].sentence, both.evidence[i].sentence);
    EXPECT_EQ(alone.evidence[i].impossible_at, both.evidence[i].impossible_at);
  }
}

TEST(LinearizableRegister, RefusesCallsAndOptionsItDoesNotKnow) {
  History history;
  history.operations.push_back(call(Function::enqueue, 0, 1, Value::integer(1), Value::nil()));
  try {
    check_linearizable_register(history, {}, Budget{});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    EXPECT_NE(std::string(error.what()).find("enqueue"), std::string::npos);
  }
  EXPECT_THROW(check_linearizable_register(History{}, {Value::nil(), {{"speed", "1"}}}, Budget{}),
               Error);
  EXPECT_EQ(check_linearizable_register(History{}, {}, Budget{}).judgement, Judgement::vacuous);
}

}  // namespace
}  // namespace tribunal
