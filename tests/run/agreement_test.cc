// The last look ends once every node has said the same twice, and not before.
#include "harness/run/agreement.h"

#include <gtest/gtest.h>

namespace tribunal {
namespace {

void look(Agreement& agreement, Int first, Int second) {
  agreement.begin_round();
  agreement.add(0, Read{7, first});
  agreement.add(1, Read{7, second});
}

TEST(Agreement, TwoRoundsOfOneAnswerAgree) {
  Agreement agreement;
  look(agreement, 1, 1);
  EXPECT_FALSE(agreement.agreed_twice());
  look(agreement, 1, 1);
  EXPECT_TRUE(agreement.agreed_twice());
}

TEST(Agreement, ReplicasThatDifferDoNotAgree) {
  Agreement agreement;
  look(agreement, 1, 2);
  look(agreement, 1, 2);
  EXPECT_FALSE(agreement.agreed_twice());
}

TEST(Agreement, WhatStillChangesIsNotAgreedOn) {
  Agreement agreement;
  look(agreement, 1, 1);
  look(agreement, 2, 2);
  EXPECT_FALSE(agreement.agreed_twice());
  look(agreement, 2, 2);
  EXPECT_TRUE(agreement.agreed_twice());
}

TEST(Agreement, ANodeThatDoesNotAnswerForAKeyIsMissed) {
  Agreement agreement;
  for (int round = 0; round < 2; ++round) {
    agreement.begin_round();
    agreement.add(0, Read{7, 1});
    agreement.add(1, Read{7, 1});
    agreement.add(0, Read{8, 1});
  }
  EXPECT_FALSE(agreement.agreed_twice());
}

TEST(Agreement, TheOrderOfASetMeansNothingAndThatOfAListDoes) {
  Agreement sets, lists;
  for (int round = 0; round < 2; ++round) {
    sets.begin_round();
    sets.add(0, ReadSet{1, {1, 2}});
    sets.add(1, ReadSet{1, {2, 1}});
    lists.begin_round();
    lists.add(0, ReadList{1, {1, 2}});
    lists.add(1, ReadList{1, {2, 1}});
  }
  EXPECT_TRUE(sets.agreed_twice());
  EXPECT_FALSE(lists.agreed_twice());
}

TEST(Agreement, AQueueIsDrainedWhenEveryNodeHasFoundItEmptyTwice) {
  Agreement queue;
  const auto drain = [&queue](std::optional<Int> left) {
    queue.begin_round();
    queue.add(0, Dequeue{1, left});
    queue.add(0, Dequeue{1, {}});
    queue.add(1, Dequeue{1, {}});
  };
  drain(5);
  drain(std::nullopt);
  EXPECT_FALSE(queue.agreed_twice());
  drain(std::nullopt);
  EXPECT_TRUE(queue.agreed_twice());
}

}  // namespace
}  // namespace tribunal
