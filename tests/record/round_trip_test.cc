// Reading undoes writing, as lines of JSON and as EDN, on random histories of every kind of call
// and outcome.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "harness/record/history_file.h"
#include "harness/record/random.h"

namespace tribunal {
namespace {

Value random_value(Values& values, Random& random, int depth = 0) {
  switch (random.below(depth < 3 ? 8 : 6)) {
    case 0:
      return Value::nil();
    case 1:
      return values.text("text \"" + std::to_string(random.below(4)) + "\" é\n");
    case 2:
      return values.literal("1.50");
    case 3:
      return values.literal(R"({"a":[true,null]})");
    case 4:
      return values.number(static_cast<std::int64_t>(random.next()));
    case 5:
      return Value::integer(random.between(-5, 5));
    default: {
      std::vector<Value> elements;
      for (auto left = random.below(4); left > 0; --left) {
        elements.push_back(random_value(values, random, depth + 1));
      }
      return values.list(elements);
    }
  }
}

Operation random_call(History& history, Random& random) {
  Operation operation;
  operation.function = static_cast<Function>(random.below(15));  // two of them without a number
  operation.key = random_value(history.values, random);
  operation.node = static_cast<std::uint16_t>(random.below(3));
  operation.late_us = random.below(3) == 0 ? static_cast<std::uint32_t>(random.below(50)) : 0;
  if (operation.function != Function::read) {
    operation.value = random_value(history.values, random);
  }
  if (operation.function == Function::cas) operation.to = random_value(history.values, random);
  return operation;
}

void complete(History& history, Random& random, Operation& operation) {
  operation.error = static_cast<std::uint32_t>(random.below(3));
  operation.outcome = static_cast<Outcome>(random.below(3));
  if (operation.outcome != Outcome::unknown) operation.ended = history.events;
  if (operation.ok() && operation.function == Function::read) {
    operation.value = random_value(history.values, random);
  }
}

FaultEvent random_fault(const History& history, std::int64_t time, Random& random) {
  FaultEvent fault{time,     history.events, static_cast<std::int32_t>(random.below(3)) - 1,
                   false,    false,          "kill",
                   "n1 | n2"};
  fault.starts = random.below(2) == 0;
  fault.stops = !fault.starts && random.below(2) == 0;
  return fault;
}

History random_history(Random& random) {
  History history;
  history.nodes = {"", "n1", "n\"2"};
  history.errors = {"", "timed out", "bad\tanswer"};
  history.functions = {"upsert", "scan \\"};
  std::vector<std::size_t> open;  // places of operations
  std::int64_t time = 100'000;    // late_us may look back
  std::uint32_t fresh_process = 0;
  std::vector<std::uint32_t> free;
  const auto records = random.below(60);
  for (; history.events < records; ++history.events) {
    time += static_cast<std::int64_t>(random.below(3));
    const auto draw = random.below(9);
    if (draw == 0) {
      history.faults.push_back(random_fault(history, time, random));
    } else if (draw < 5 || open.empty()) {
      Operation operation = random_call(history, random);
      operation.invoked_at = time;
      operation.began = history.events;
      operation.process = free.empty() ? fresh_process++ : free.back();
      if (!free.empty()) free.pop_back();
      open.push_back(history.operations.size());
      history.operations.push_back(operation);
    } else {
      std::swap(open[random.below(open.size())], open.back());
      Operation& operation = history.operations[open.back()];
      open.pop_back();
      operation.completed_at = time;
      complete(history, random, operation);
      if (operation.outcome != Outcome::unknown) free.push_back(operation.process);
    }
  }
  return history;
}

auto facts_of(const History& history, const Operation& operation) {
  return std::tuple(operation.invoked_at, operation.completed_at, operation.began, operation.ended,
                    history.values.show(operation.key), history.values.show(operation.value),
                    history.values.show(operation.to), operation.process, operation.late_us,
                    history.errors.at(operation.error), history.nodes.at(operation.node),
                    history.function_name(operation.function), operation.outcome);
}

auto facts_of(const FaultEvent& fault) {
  return std::tuple(fault.time, fault.index, fault.fault, fault.starts, fault.stops, fault.name,
                    fault.detail);
}

TEST(HistoryRoundTrip, RandomHistoriesSurviveIt) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const History history = random_history(random);
    const std::string text = write_history(history);
    const History again = parse_history(text, "seed " + std::to_string(seed));
    ASSERT_EQ(again.events, history.events) << text;
    ASSERT_EQ(again.operations.size(), history.operations.size()) << text;
    ASSERT_EQ(again.faults.size(), history.faults.size()) << text;
    for (std::size_t i = 0; i < history.operations.size(); ++i) {
      ASSERT_EQ(facts_of(again, again.operations[i]), facts_of(history, history.operations[i]))
          << i << " of\n"
          << text;
    }
    for (std::size_t i = 0; i < history.faults.size(); ++i) {
      ASSERT_EQ(facts_of(again.faults[i]), facts_of(history.faults[i])) << text;
    }
    ASSERT_EQ(write_history(again), text);
  }
}

ReadOptions as(ReadOptions::Keyed keyed) {
  ReadOptions options;
  options.keyed = keyed;
  return options;
}

TEST(EdnRoundTrip, RandomHistoriesSurviveIt) {
  int keyed_ones = 0, plain_ones = 0;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    History history = random_history(random);
    if (seed % 4 == 0) {
      for (Operation& operation : history.operations) operation.key = Value::nil();
    }
    const bool keyed =
        std::any_of(history.operations.begin(), history.operations.end(),
                    [](const Operation& operation) { return !operation.key.is_nil(); });
    ++(keyed ? keyed_ones : plain_ones);
    const std::string edn = write_edn(history);
    const History again = parse_any_history(
        edn, "seed", as(keyed ? ReadOptions::Keyed::yes : ReadOptions::Keyed::no));
    ASSERT_EQ(write_history(again), write_history(history)) << edn;
    ASSERT_EQ(write_edn(again), edn);
  }
  EXPECT_GT(keyed_ones, 500);
  EXPECT_GT(plain_ones, 500);
}

constexpr const char* jepsen_style =
    R"({:index 0, :time 3, :type :invoke, :process 0, :f :write, :value [7 1]}
{:index 1, :time 4, :type :invoke, :process 1, :f :read, :value [7 nil]}
{:index 2, :time 5, :type :info, :process :nemesis, :f :start-kill, :value "n1", :fault 0}
{:index 3, :time 6, :type :ok, :process 1, :f :read, :value [7 1]}
{:index 4, :time 7, :type :info, :process 0, :f :write, :value [7 1], :error "timed \"out\""}
)";

TEST(EdnRoundTrip, KeysAreFoundAgainWithoutBeingTold) {
  EXPECT_EQ(write_edn(parse_any_history(jepsen_style, "h")), jepsen_style);
}

TEST(EdnRoundTrip, WhatElleReadsIsWrittenAsElleWritesIt) {
  const std::string edn =
      R"({:index 0, :time 0, :type :invoke, :process 0, :f :txn, :value [[:append 1 2] [:r "x" nil]]}
{:index 1, :time 0, :type :ok, :process 0, :f :txn, :value [[:append 1 2] [:r "x" [2 {:a 1, 10 nil, "b c" [true]}]]]}
)";
  std::string sorted = edn;
  const std::string from = "{:a 1, 10 nil,", to = "{10 nil, :a 1,";
  sorted.replace(sorted.find(from), from.size(), to);
  EXPECT_EQ(write_edn(parse_any_history(edn, "h")), sorted);
}

}  // namespace
}  // namespace tribunal
