// Sequential consistency against its definition: every interleaving of the sessions, on small
// random histories; and histories of a store that has it, at length.
#include "checkers/sequential/sequential.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <numeric>

#include "checkers/sequential/total_order.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

using State = std::map<Value, std::vector<Value>>;  // of a register: at most one value

struct Shape {
  std::size_t operations = 7, sessions = 3;
  bool lists = false;
};

Operation call(History& history, std::uint32_t process, Function function, Value key, Value value) {
  Operation operation;
  operation.process = process;
  operation.function = function;
  operation.key = key;
  operation.value = value;
  operation.began = history.events++;
  operation.ended = history.events++;
  operation.invoked_at = operation.began;
  operation.completed_at = operation.ended;
  operation.outcome = Outcome::ok;
  return operation;
}

// Reads answer something that was written somewhere, in whatever order.
History random_small(const Shape& shape, Random& random) {
  History history;
  std::map<Value, std::vector<Value>> written;
  std::vector<bool> over(shape.sessions, false);
  std::int64_t last = 0;
  while (history.operations.size() < shape.operations) {
    const auto process = static_cast<std::uint32_t>(random.below(shape.sessions));
    if (over[process]) break;
    const Value key = Value::integer(static_cast<std::int64_t>(random.below(2)));
    auto& values = written[key];
    const auto kind = random.below(10);
    if (kind < 5) {
      Value answer = Value::nil();
      if (shape.lists) {
        std::vector<Value> list(
            values.begin(),
            values.begin() + static_cast<std::ptrdiff_t>(random.below(values.size() + 1)));
        if (list.size() > 1 && random.below(12) == 0) std::swap(list[0], list[1]);
        answer = history.values.list(list);
      } else if (!values.empty() && random.below(5) != 0) {
        answer = random.pick(values);
      }
      history.operations.push_back(call(history, process, Function::read, key, answer));
    } else if (kind == 5 && !shape.lists && !values.empty()) {
      Operation cas = call(history, process, Function::cas, key, random.pick(values));
      cas.to = Value::integer(++last);
      values.push_back(cas.to);
      history.operations.push_back(cas);
    } else {
      const Value value = Value::integer(++last);
      values.push_back(value);
      history.operations.push_back(
          call(history, process, shape.lists ? Function::append : Function::write, key, value));
    }
    Operation& operation = history.operations.back();
    if (operation.function == Function::read || random.below(8) != 0) continue;
    operation.outcome = random.below(3) == 0 ? Outcome::failed : Outcome::unknown;
    if (operation.outcome == Outcome::unknown) {
      operation.ended = Operation::never;
      over[process] = true;
    }
  }
  return history;
}

// Every interleaving; a call of unknown outcome may be left out.
class Definition {
 public:
  explicit Definition(const History& history) : history_(history) {
    std::map<std::uint32_t, std::vector<const Operation*>> sessions;
    for (const Operation& operation : history.operations) {
      if (operation.outcome != Outcome::failed) sessions[operation.process].push_back(&operation);
    }
    for (auto& [process, calls] : sessions) sessions_.push_back(calls);
    next_.assign(sessions_.size(), 0);
  }

  bool holds() { return holds(State{}); }

 private:
  bool holds(const State& state) {
    bool all = true;
    for (std::size_t s = 0; s < sessions_.size(); ++s) {
      if (next_[s] == sessions_[s].size()) continue;
      const Operation& operation = *sessions_[s][next_[s]];
      const bool needed = operation.ok();
      all = all && !needed;
      State after = state;
      if (!apply(after, operation)) continue;
      ++next_[s];
      const bool good = holds(after);
      --next_[s];
      if (good) return true;
    }
    return all;
  }

  bool apply(State& state, const Operation& operation) const {
    auto& held = state[operation.key];
    switch (operation.function) {
      case Function::read:
        if (history_.values.is_list(operation.value)) {
          const auto elements = history_.values.elements(operation.value);
          return std::equal(elements.begin(), elements.end(), held.begin(), held.end());
        }
        return operation.value == (held.empty() ? Value::nil() : held.back());
      case Function::write:
        held = {operation.value};
        return true;
      case Function::cas:
        if (held.empty() || held.back() != operation.value) return false;
        held = {operation.to};
        return true;
      default:
        held.push_back(operation.value);
        return true;
    }
  }

  const History& history_;
  std::vector<std::vector<const Operation*>> sessions_;
  std::vector<std::size_t> next_;
};

std::string describe_all(const History& history) {
  std::string text;
  for (const Operation& operation : history.operations) {
    text += std::to_string(operation.process) + ": " + history.show(operation) +
            (operation.ok()                         ? ""
             : operation.outcome == Outcome::failed ? " (failed)"
                                                    : " (unknown)") +
            "\n";
  }
  return text;
}

std::size_t rounds() { return std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 2'000; }

// The witness as a history of its own.
History alone(const History& history, const Evidence& evidence) {
  History few;
  for (const Operation& operation : history.operations) {
    for (const Exhibit& exhibit : evidence.exhibits) {
      if (exhibit.began != operation.began) continue;
      Operation copy = operation;
      if (history.values.is_list(operation.value))
        copy.value = few.values.list(history.values.elements(operation.value));
      few.operations.push_back(copy);
    }
  }
  return few;
}

// Whether some six operations or fewer have no order; reads stay only with the writes they saw.
bool smaller_exists(const History& history) {
  const std::size_t n = history.operations.size();
  const auto writes = [](const Operation& o, Value key, Value value) {
    return o.key == key &&
           (o.function == Function::cas ? o.to == value
                                        : o.function != Function::read && o.value == value);
  };
  for (std::uint32_t mask = 1; mask < (1U << n); ++mask) {
    if (std::popcount(mask) > 6) continue;
    History few;
    for (std::size_t i = 0; i < n; ++i) {
      if ((mask >> i & 1) != 0) few.operations.push_back(history.operations[i]);
    }
    const bool whole =
        std::all_of(few.operations.begin(), few.operations.end(), [&](const auto& o) {
          const bool reads = o.function == Function::read || o.function == Function::cas;
          return !reads || o.value.is_nil() ||
                 std::any_of(few.operations.begin(), few.operations.end(),
                             [&](const auto& w) { return writes(w, o.key, o.value); });
        });
    if (whole && !Definition(few).holds()) return true;
  }
  return false;
}

void agree(const Shape& shape, std::uint64_t seed) {
  std::size_t convicted = 0, acquitted = 0, large = 0;
  for (std::size_t round = 0; round < rounds(); ++round) {
    Random random = Random::stream(seed, "sequential", round);
    const History history = random_small(shape, random);
    const bool holds = Definition(history).holds();
    const Verdict verdict = check_sequential(history, {}, {});
    if (verdict.judgement == Judgement::vacuous) continue;
    ASSERT_EQ(verdict.judgement, holds ? Judgement::satisfied : Judgement::violated)
        << verdict.reason << "\n"
        << describe_all(history);
    ++(holds ? acquitted : convicted);
    if (holds) continue;
    ASSERT_EQ(verdict.evidence.size(), 1u);
    if (shape.lists) continue;  // a list's elements stand for appends that need not be shown
    History few = alone(history, verdict.evidence.front());
    EXPECT_FALSE(Definition(few).holds()) << describe_all(few) << "of\n" << describe_all(history);
    if (few.operations.size() > 6) {
      ++large;
      EXPECT_FALSE(smaller_exists(history)) << describe_all(few) << "of\n" << describe_all(history);
    }
  }
  EXPECT_GT(convicted, rounds() / 20);
  EXPECT_GT(acquitted, rounds() / 20);
  EXPECT_LT(large, convicted / 100);
}

TEST(Sequential, AgreesWithEveryInterleavingOfRegisters) { agree({}, 1); }
TEST(Sequential, AgreesWithEveryInterleavingOfManySessions) { agree({8, 5, false}, 2); }
TEST(Sequential, AgreesWithEveryInterleavingOfLists) { agree({7, 3, true}, 3); }

// One order of writes that replicas follow at their own pace; a session stays with one replica and
// waits for its own writes.
History of_a_store(std::size_t operations, std::size_t sessions, Random& random) {
  constexpr std::size_t keys = 4, replicas = 3;
  History history;
  std::vector<std::pair<Value, Value>> log;
  std::vector<std::size_t> applied(replicas, 0);
  std::vector<std::map<Value, Value>> held(replicas);
  const auto catch_up = [&](std::size_t replica, std::size_t to) {
    for (; applied[replica] < to; ++applied[replica])
      held[replica][log[applied[replica]].first] = log[applied[replica]].second;
  };
  std::int64_t last = 0;
  while (history.operations.size() < operations) {
    const auto process = static_cast<std::uint32_t>(random.below(sessions));
    const std::size_t replica = process % replicas;
    const Value key = Value::integer(static_cast<std::int64_t>(random.below(keys)));
    if (random.below(2) == 0) {
      log.emplace_back(key, Value::integer(++last));
      catch_up(replica, log.size());
      history.operations.push_back(
          call(history, process, Function::write, key, Value::integer(last)));
      continue;
    }
    catch_up(replica, applied[replica] + random.below(log.size() - applied[replica] + 1));
    const auto it = held[replica].find(key);
    const Value answer = it == held[replica].end() ? Value::nil() : it->second;
    history.operations.push_back(call(history, process, Function::read, key, answer));
  }
  return history;
}

TEST(Sequential, AStoreThatHasItIsAcquittedAtLength) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    Random random = Random::stream(seed, "store");
    const History history = of_a_store(1000, 20, random);
    Budget budget;
    budget.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const Verdict verdict = check_sequential(history, {}, budget);
    EXPECT_EQ(verdict.judgement, Judgement::satisfied) << verdict.reason;
    EXPECT_EQ(verdict.operations, 1000u);
  }
}

// Played back, each read answers what was written last.
void expect_order(const OrderProblem& problem, const std::vector<std::uint32_t>& order) {
  ASSERT_EQ(order.size(), problem.steps.size());
  std::vector<std::uint32_t> held(problem.keys), next(problem.sessions(), 0);
  std::iota(held.begin(), held.end(), 0U);
  for (const std::uint32_t at : order) {
    const SessionStep& step = problem.steps[at];
    ASSERT_EQ(step.place, next[step.session]++);
    ASSERT_TRUE(step.read == Versions::none || held[step.key] == step.read);
    if (step.wrote != Versions::none) held[step.key] = step.wrote;
  }
}

TEST(Sequential, TheOrderFoundIsOne) {
  std::size_t found = 0, assumed = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random = Random::stream(seed, "order");
    const bool small = seed % 3 != 0;
    const History history = small ? random_small({12, 4, false}, random)
                                  : of_a_store(200 + seed, 3 + seed % 10, random);
    const Budget budget;
    Watch watch(budget, 1);
    Versions versions;
    ASSERT_TRUE(read_versions(history, Value::nil(), watch, versions));
    std::vector<std::uint32_t> all(versions.steps.size());
    std::iota(all.begin(), all.end(), 0U);
    const OrderProblem problem = order_problem(versions, all, Numbers::kept);
    const OrderFinding finding = find_order(problem, watch);
    ASSERT_NE(finding.answer, OrderFinding::spent);
    if (finding.answer != OrderFinding::found) continue;
    ++found;
    assumed += finding.tried != 0;
    expect_order(problem, finding.order);
  }
  EXPECT_GT(found, 100u);
  EXPECT_GT(assumed, 50u);
}

TEST(Sequential, AStaleReadAfterAnOwnWriteIsFoundAndExplainedBriefly) {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    Random random = Random::stream(seed, "store");
    History history = of_a_store(500, 10, random);
    // The last read of a key answers the first value that was ever written to it.
    Operation* victim = nullptr;
    for (Operation& operation : history.operations) {
      if (operation.function == Function::read) victim = &operation;
    }
    for (const Operation& operation : history.operations) {
      if (operation.function == Function::write && operation.key == victim->key) {
        victim->value = operation.value;
        break;
      }
    }
    const Verdict verdict = check_sequential(history, {}, {});
    ASSERT_EQ(verdict.judgement, Judgement::violated) << verdict.reason;
    const Evidence& evidence = verdict.evidence.front();
    EXPECT_LE(evidence.exhibits.size(), 6u);
    EXPECT_FALSE(evidence.sentence.empty());
    EXPECT_FALSE(evidence.arrows.empty());
  }
}

TEST(Sequential, ValuesThatRepeatAreNotJudged) {
  History history;
  for (int i = 0; i < 2; ++i)
    history.operations.push_back(
        call(history, 0, Function::write, Value::integer(1), Value::integer(7)));
  history.operations.push_back(
      call(history, 0, Function::read, Value::integer(1), Value::integer(7)));
  const Verdict verdict = check_sequential(history, {}, {});
  EXPECT_EQ(verdict.judgement, Judgement::inconclusive);
  EXPECT_NE(verdict.reason.find("is written twice"), std::string::npos) << verdict.reason;
}

// The numbers say that 2 is older than 1; the answers do not, and they are what is claimed.
TEST(Sequential, NumbersOfTheDatabaseConvictNobody) {
  History history;
  const Value key = Value::integer(0), one = Value::integer(1), two = Value::integer(2);
  history.operations.push_back(call(history, 0, Function::write, key, one));
  history.operations.push_back(call(history, 0, Function::write, key, two));
  history.operations.push_back(call(history, 1, Function::read, key, one));
  history.operations.push_back(call(history, 1, Function::read, key, two));
  history.versions = {9, 3, 9, 3};
  EXPECT_TRUE(Definition(history).holds());
  const Verdict verdict = check_sequential(history, {}, {});
  EXPECT_EQ(verdict.judgement, Judgement::satisfied) << verdict.reason;
}

TEST(Sequential, ASpentBudgetDecidesNothing) {
  Random random = Random::stream(1, "store");
  const History history = of_a_store(1000, 20, random);
  Budget budget;
  budget.deadline = std::chrono::steady_clock::now();
  EXPECT_EQ(check_sequential(history, {}, budget).judgement, Judgement::inconclusive);
  Budget small;
  small.bytes = 1000;
  EXPECT_EQ(check_sequential(history, {}, small).judgement, Judgement::inconclusive);
}

}  // namespace
}  // namespace tribunal
