// What is planted is an anomaly, is found by the checkers that claim to find it, and is gone
// afterwards.
#include "checkers/planting/planting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>

#include "checkers/catalogue.h"
#include "harness/parts/catalogue.h"
#include "harness/record/history_file.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

// A store that does one call after the other and so keeps every promise there is.
class Perfect {
 public:
  explicit Perfect(std::uint64_t seed) : random_(Random::stream(seed, "perfect")) {
    for (int i = 1; i <= 3; ++i) history.nodes.push_back("n" + std::to_string(i));
  }

  Operation& call(Function function, Value key, Value value) {
    Operation operation;
    operation.process = static_cast<std::uint32_t>(random_.below(5));
    operation.node = static_cast<std::uint16_t>(1 + random_.below(3));
    operation.function = function;
    operation.key = key;
    operation.value = value;
    operation.began = history.events++;
    operation.ended = history.events++;
    operation.invoked_at = operation.began * 1'000'000;
    operation.completed_at = operation.ended * 1'000'000;
    operation.outcome = Outcome::ok;
    history.operations.push_back(operation);
    return history.operations.back();
  }

  void registers(std::size_t count) {
    std::map<Value, Value> held;
    for (std::size_t i = 0; i < count; ++i) {
      const Value key = Value::integer(static_cast<std::int64_t>(random_.below(3)));
      if (random_.below(2) == 0) {
        held[key] = Value::integer(++last_);
        call(Function::write, key, held[key]);
      } else {
        call(Function::read, key, held.contains(key) ? held[key] : Value::nil());
      }
    }
    history.faults.push_back({0, history.events++, -1, false, false, "last-look", ""});
    for (int round = 0; round < 2; ++round) {
      for (const auto& [key, value] : held) {
        for (std::uint16_t node = 1; node <= 3; ++node)
          call(Function::read, key, value).node = node;
      }
    }
  }

  void set(std::size_t count) {
    std::vector<Value> elements;
    for (std::size_t i = 0; i < count; ++i) {
      if (random_.below(3) != 0) {
        elements.push_back(Value::integer(++last_));
        call(Function::add, Value::integer(0), elements.back());
      } else {
        call(Function::read, Value::integer(0), history.values.list(elements));
      }
    }
    call(Function::read, Value::integer(0), history.values.list(elements));
  }

  void counter(std::size_t count) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (random_.below(2) == 0) {
        call(Function::add, Value::integer(0), Value::integer(1));
        ++sum;
      } else {
        call(Function::read, Value::integer(0), Value::integer(sum));
      }
    }
  }

  void ids(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      call(Function::generate, Value::integer(0), Value::integer(++last_));
  }

  // Transactions of one or two registers, and watches that go on or begin anew.
  void watches(std::size_t count) {
    std::vector<Value> log;
    std::vector<std::int64_t> versions;
    std::int64_t version = 0, bookmark = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (random_.below(2) == 0) {
        ++version;
        std::vector<Value> steps;
        for (std::int64_t which = 0; which <= version % 2; ++which) {
          const Value step[] = {history.values.text("w"), Value::integer(which),
                                Value::integer(100 + version)};
          const Value change[] = {Value::integer(version), step[1], step[2]};
          steps.push_back(history.values.list(step));
          log.push_back(history.values.list(change));
          versions.push_back(version);
        }
        call(Function::txn, Value::integer(0), history.values.list(steps));
        history.versions.push_back(version);
      } else {
        const std::int64_t from = random_.below(2) == 0 ? 0 : bookmark;
        const auto first = std::upper_bound(versions.begin(), versions.end(), from);
        const Value parts[] = {Value::integer(from),
                               history.values.list(std::span(log).subspan(
                                   static_cast<std::size_t>(first - versions.begin())))};
        call(Function::watch, Value::integer(0), history.values.list(parts));
        history.versions.push_back(bookmark = version);
      }
    }
  }

  History history;

 private:
  Random random_;
  std::int64_t last_ = 0;
};

void all_found(const std::string& name, History& history, const std::set<std::string>& expected) {
  const Checker& checker = find(checkers(), "checker", name);
  const std::string before = write_history(history);
  ASSERT_NE(checker.check(history, {}, {}).judgement, Judgement::violated) << name;
  std::set<std::string> planted;
  for (const Detection& detection : detection_power(checker, history, {}, {}, 7, 5)) {
    EXPECT_GT(detection.planted, 0u) << name << ": " << detection.anomaly;
    EXPECT_EQ(detection.found, detection.planted)
        << name << ": " << detection.anomaly << ": " << detection.missed;
    planted.insert(detection.anomaly);
  }
  EXPECT_EQ(planted, expected) << name;
  EXPECT_EQ(write_history(history), before) << name;
}

TEST(Planting, EveryRegisterCheckerFindsWhatItClaimsToFind) {
  const std::string nowhere = "value from nowhere", own = "own write not seen",
                    back = "read goes backwards", order = "writes out of order",
                    cause = "effect without its cause";
  const std::map<std::string, std::set<std::string>> claims = {
      {"linearizable-register", {"stale read", nowhere}},
      {"read-your-writes", {own, nowhere}},
      {"monotonic-reads", {back, nowhere}},
      {"monotonic-writes", {order, nowhere}},
      {"writes-follow-reads", {cause, nowhere}},
      {"pram", {own, back, order, nowhere}},
      {"causal", {own, back, order, cause, nowhere}},
      {"causal-convergent", {own, back, order, cause, nowhere}},
      {"causal-memory", {own, back, order, cause, nowhere}},
      {"sequential", {own, back, order, cause, nowhere}},
      {"convergence", {"lost acknowledged write"}},
  };
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const auto& [name, expected] : claims) {
      Perfect store(seed);
      store.registers(200);
      all_found(name, store.history, expected);
    }
  }
}

TEST(Planting, CheckersOfCollectionsFindWhatTheyClaimToFind) {
  Perfect sets(1), counters(2), ids(3);
  sets.set(60);
  all_found("set", sets.history, {"lost element"});
  counters.counter(60);
  all_found("counter", counters.history, {"miscount"});
  ids.ids(20);
  all_found("unique-ids", ids.history, {"repeated id"});
}

TEST(Planting, TheCheckerOfWatchesFindsWhatItClaimsToFind) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Perfect store(seed);
    store.watches(60);
    all_found("watches", store.history,
              {"lost change", "torn transaction", "changes out of order", "change shown twice",
               "change from nowhere"});
  }
}

TEST(Planting, AHistoryWithoutAPlaceForOneSaysSo) {
  Perfect store(1);
  store.call(Function::write, Value::integer(0), Value::integer(1));
  const Checker& checker = find(checkers(), "checker", "read-your-writes");
  for (const Detection& detection : detection_power(checker, store.history, {}, {}, 7, 5))
    EXPECT_EQ(detection.planted, 0u) << detection.anomaly;
}

}  // namespace
}  // namespace tribunal
