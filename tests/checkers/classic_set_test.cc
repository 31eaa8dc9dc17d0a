// The outcomes of a set's elements agree with their definition, spelled out read by read.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "checkers/classic/set.h"
#include "harness/record/error.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

struct Expected {
  std::uint64_t stable = 0, lost = 0, stale = 0, unexpected = 0, duplicated = 0, never_read = 0;
};

bool holds(const History& history, const Operation& read, std::int64_t element, int times = 1) {
  const auto values = history.values.elements(read.value);
  return std::count(values.begin(), values.end(), Value::integer(element)) >= times;
}

// Jepsen's set-full for one element, by looking at every read for it; but the latest invoked read
// without it says nothing if it was over before the first attempt, where Jepsen would go on to the
// one before.
void judge_by_definition(const History& history, std::int64_t element, Expected& expected) {
  std::int64_t attempt = INT64_MAX, known = INT64_MAX, present = -1, absent = -1;
  bool early = false, twice = false, over_before_attempt = false;
  for (const Operation& add : history.operations) {
    if (add.function != Function::add || add.value != Value::integer(element)) continue;
    if (add.outcome != Outcome::failed) attempt = std::min<std::int64_t>(attempt, add.began);
    if (add.ok()) known = std::min<std::int64_t>(known, add.ended);
  }
  for (const Operation& read : history.operations) {
    if (read.function != Function::read || !read.ok()) continue;
    if (holds(history, read, element)) {
      known = std::min<std::int64_t>(known, read.ended);
      present = read.began;
      early |= read.ended < attempt;
      twice |= holds(history, read, element, 2);
    } else {
      absent = read.began;
      over_before_attempt = read.ended < attempt;
    }
  }
  if (over_before_attempt) absent = -1;
  expected.duplicated += twice;
  if (present >= 0 && (early || attempt == INT64_MAX)) ++expected.unexpected;
  if (early || attempt == INT64_MAX) return;
  const bool missed = known < absent;
  if (present > absent) {
    ++expected.stable;
    expected.stale += missed;
  } else if (missed) {
    ++expected.lost;
  } else if (known != INT64_MAX) {
    ++expected.never_read;
  }
}

// Adds and reads of one set in small intervals, with answers bent now and then.
History random_sets(Random& random) {
  History history;
  std::vector<std::int64_t> held;
  std::vector<std::size_t> open;
  const std::size_t operations = 1 + random.below(14);
  while (history.operations.size() < operations || !open.empty()) {
    if (history.operations.size() < operations && (open.empty() || random.below(2) == 0)) {
      Operation operation;
      operation.began = history.events++;
      operation.function = random.below(2) == 0 ? Function::add : Function::read;
      if (operation.function == Function::add)
        operation.value = Value::integer(static_cast<std::int64_t>(random.below(5)));
      open.push_back(history.operations.size());
      history.operations.push_back(operation);
      continue;
    }
    const std::size_t which = random.below(open.size());
    Operation& operation = history.operations[open[which]];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(which));
    operation.outcome = static_cast<Outcome>(random.below(8) == 0 ? 1 + random.below(2) : 0);
    if (operation.outcome != Outcome::unknown) operation.ended = history.events++;
    if (operation.function == Function::add) {
      const bool takes = operation.ok() || random.below(4) == 0;
      const std::int64_t element = operation.value.as_integer();
      if (takes && std::find(held.begin(), held.end(), element) == held.end())
        held.push_back(element);
    } else if (operation.ok()) {
      std::vector<Value> values;
      for (const std::int64_t element : held) {
        if (random.below(16) != 0) values.push_back(Value::integer(element));
        if (random.below(48) == 0) values.push_back(Value::integer(element));
      }
      if (random.below(32) == 0) values.push_back(Value::integer(6));
      operation.value = history.values.list(values);
    }
  }
  return history;
}

std::uint64_t figure(const Verdict& verdict, const std::string& name) {
  for (const auto& [figure_name, value] : verdict.figures) {
    if (figure_name == name) return std::stoull(value);
  }
  ADD_FAILURE() << "no figure " << name;
  return 0;
}

TEST(Set, AgreesWithItsDefinition) {
  Random random(4);
  const int rounds = std::getenv("TRIBUNAL_SLOW") != nullptr ? 200'000 : 6'000;
  std::map<std::string, int> seen;
  for (int round = 0; round < rounds; ++round) {
    const History history = random_sets(random);
    Expected expected;
    for (std::int64_t element = 0; element < 7; ++element)
      judge_by_definition(history, element, expected);
    const Verdict verdict = check_set(history, {}, Budget{});
    const Verdict lenient =
        check_set(history, {Value::nil(), {{"linearizable", "false"}}}, Budget{});
    ASSERT_EQ(figure(verdict, "lost"), expected.lost) << "round " << round;
    ASSERT_EQ(figure(verdict, "stale"), expected.stale) << "round " << round;
    ASSERT_EQ(figure(verdict, "stable"), expected.stable) << "round " << round;
    ASSERT_EQ(figure(verdict, "unexpected"), expected.unexpected) << "round " << round;
    ASSERT_EQ(figure(verdict, "duplicated"), expected.duplicated) << "round " << round;
    const bool hard = expected.lost + expected.unexpected + expected.duplicated != 0;
    ASSERT_EQ(verdict.judgement == Judgement::violated, hard || expected.stale != 0);
    ASSERT_EQ(lenient.judgement == Judgement::violated, hard);
    ASSERT_EQ(verdict.judgement == Judgement::satisfied,
              !hard && expected.stale == 0 && expected.stable != 0);
    ASSERT_EQ(verdict.evidence.empty(), verdict.judgement != Judgement::violated);
    ++seen[std::string(name_of(verdict.judgement))];
  }
  EXPECT_GT(seen["satisfied"], 500);
  EXPECT_GT(seen["violated"], 500);
  EXPECT_GT(seen["vacuous"], 500);
}

TEST(Set, RefusesOtherHistories) {
  History history;
  history.operations.push_back({});
  history.operations[0].function = Function::enqueue;
  EXPECT_THROW(check_set(history, {}, Budget{}), Error);
  history.operations[0].function = Function::read;
  history.operations[0].outcome = Outcome::ok;
  history.operations[0].ended = 1;
  history.operations[0].value = Value::integer(3);
  EXPECT_THROW(check_set(history, {}, Budget{}), Error);
  EXPECT_THROW(check_set(History{}, {Value::nil(), {{"linearizable", "perhaps"}}}, Budget{}),
               Error);
  EXPECT_EQ(check_set(History{}, {}, Budget{}).judgement, Judgement::vacuous);
}

}  // namespace
}  // namespace tribunal
