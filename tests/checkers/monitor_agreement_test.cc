// Every monitor agrees with brute force on small histories, acquits what a container really did,
// and convicts with operations that are impossible by themselves.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "tests/checkers/monitor_oracle.h"
#include "tests/checkers/random_history.h"

namespace tribunal {
namespace {

struct Case {
  const char* name;
  Container container;
  bool exact;  // whether lost removals never make it shrug
};

class Monitor : public ::testing::TestWithParam<Case> {};

History chosen(const History& history, const std::vector<std::uint32_t>& places) {
  History kept;
  for (std::uint32_t place = 0; place < history.operations.size(); ++place) {
    if (std::find(places.begin(), places.end(), place) != places.end())
      kept.operations.push_back(history.operations[place]);
  }
  kept.events = history.events;
  return kept;
}

struct Counts {
  int linearizable = 0, violated = 0, shrugged = 0;
};

Counts compare(const ContainerShape& shape, int rounds, std::uint64_t seed) {
  Random random(seed);
  Counts counts;
  for (int round = 0; round < rounds; ++round) {
    const History history = random_container_history(shape, random);
    const MonitorFinding finding = monitor(history, shape.container);
    if (finding.result == MonitorFinding::not_applicable) {
      ++counts.shrugged;
      continue;
    }
    const bool expected = linearizable_by_all_orders(history, shape.container);
    EXPECT_EQ(finding.result == MonitorFinding::linearizable, expected)
        << describe(history) << finding.why;
    if (finding.result == MonitorFinding::violated) {
      const History witness = chosen(history, finding.witness);
      EXPECT_FALSE(linearizable_by_all_orders(witness, shape.container))
          << describe(history) << finding.why << "\n"
          << describe(witness);
    }
    ++(expected ? counts.linearizable : counts.violated);
    if (::testing::Test::HasFailure()) break;
  }
  return counts;
}

TEST_P(Monitor, AgreesWithBruteForce) {
  const int rounds = std::getenv("TRIBUNAL_SLOW") != nullptr ? 50'000 : 5'000;
  int total = 0;
  Counts all;
  for (const std::size_t processes : {2, 4, 8}) {
    for (const unsigned lost : {0u, 10u, 30u}) {
      ContainerShape shape;
      shape.container = GetParam().container;
      shape.operations = 8;
      shape.processes = processes;
      shape.lost_percent = lost;
      const Counts counts = compare(shape, rounds, 100 * processes + lost);
      ASSERT_FALSE(HasFailure());
      if (lost == 0 || GetParam().exact) {
        EXPECT_EQ(counts.shrugged, 0);
      }
      all.linearizable += counts.linearizable;
      all.violated += counts.violated;
      all.shrugged += counts.shrugged;
      total += rounds;
    }
  }
  EXPECT_GE(all.linearizable * 10, total);
  EXPECT_GE(all.violated * 10, total);
  EXPECT_LE(all.shrugged * 100, total);
  RecordProperty("linearizable", all.linearizable);
  RecordProperty("violated", all.violated);
  RecordProperty("shrugged", all.shrugged);
}

// Cycles of a stack may need more values than eight calls hold.
TEST_P(Monitor, AgreesWithBruteForceOnTwelveOperations) {
  const int rounds = std::getenv("TRIBUNAL_SLOW") != nullptr ? 20'000 : 1'000;
  for (const unsigned lost : {0u, 10u}) {
    ContainerShape shape{GetParam().container, 12, 5, lost, 5, 5};
    const Counts counts = compare(shape, rounds, 31 + lost);
    ASSERT_FALSE(HasFailure());
    EXPECT_GT(counts.linearizable, rounds / 10);
    EXPECT_GT(counts.violated, rounds / 20);
  }
}

TEST_P(Monitor, AcquitsLargerHistories) {
  int shrugged = 0;
  for (const unsigned lost : {0u, 5u}) {
    ContainerShape shape{GetParam().container, 1000, 8, lost, 5, 0};
    Random random(17 + lost);
    for (int round = 0; round < 50; ++round) {
      const History history = random_container_history(shape, random);
      const MonitorFinding finding = monitor(history, shape.container);
      if (finding.result == MonitorFinding::not_applicable && lost != 0 && !GetParam().exact) {
        ++shrugged;
        continue;
      }
      ASSERT_EQ(finding.result, MonitorFinding::linearizable) << finding.why;
    }
  }
  RecordProperty("shrugged", shrugged);
  EXPECT_LE(shrugged, 10);
}

TEST_P(Monitor, ConvictsOneBentAnswerAmongAThousand) {
  ContainerShape shape{GetParam().container, 1000, 4, 0, 0, 0};
  Random random(23);
  int convicted = 0;
  for (int round = 0; round < 50; ++round) {
    History history = random_container_history(shape, random);
    std::vector<Operation*> answers;
    for (Operation& operation : history.operations) {
      const bool answered =
          operation.ok() && !operation.value.is_nil() &&
          (operation.function == Function::dequeue || operation.function == Function::pop ||
           operation.function == Function::remove || operation.function == Function::read);
      if (answered) answers.push_back(&operation);
    }
    // The answers of two removals far apart are exchanged.
    ASSERT_GT(answers.size(), 150u);
    std::swap(answers[50]->value, answers[150]->value);
    const MonitorFinding finding = monitor(history, shape.container);
    ASSERT_NE(finding.result, MonitorFinding::not_applicable);
    ASSERT_NE(finding.result, MonitorFinding::spent);
    if (finding.result != MonitorFinding::violated) continue;
    ++convicted;
    EXPECT_FALSE(finding.why.empty());
    const History witness = chosen(history, finding.witness);
    EXPECT_LT(witness.operations.size(), 40u);
    if (witness.operations.size() <= 16) {
      EXPECT_FALSE(linearizable_by_all_orders(witness, shape.container)) << describe(witness);
    }
  }
  EXPECT_GE(convicted, 45);
}

INSTANTIATE_TEST_SUITE_P(All, Monitor,
                         ::testing::Values(Case{"queue", Container::queue, true},
                                           Case{"set", Container::set, true},
                                           Case{"stack", Container::stack, false},
                                           Case{"priority_queue", Container::priority_queue, false},
                                           Case{"counter", Container::counter, true}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace tribunal
