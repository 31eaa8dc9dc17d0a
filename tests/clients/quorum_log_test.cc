// What a log gives back after a start, torn or not, and what a deferred one loses.
#include "clients/quorum/server/log/log.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/run/scratch.h"

namespace tribunal::quorum {
namespace {

class QuorumLog : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return scratch_.path() / "log"; }

  std::vector<int> replayed() {
    std::vector<int> numbers;
    const Log log(file(), Durability::written,
                  [&](const nlohmann::json& record) { numbers.push_back(record.get<int>()); });
    return numbers;
  }
  void append(const std::vector<int>& numbers, Durability durability = Durability::synced) {
    Log log(file(), durability, [](const nlohmann::json&) {});
    for (const int number : numbers) log.await(log.append(number));
  }

  Scratch scratch_;
};

TEST_F(QuorumLog, GivesBackWhatWasAppendedInOrder) {
  EXPECT_TRUE(replayed().empty());
  append({1, 2});
  append({3}, Durability::written);
  EXPECT_EQ(replayed(), (std::vector{1, 2, 3}));
}

TEST_F(QuorumLog, LeavesOutATornRecordAndGoesOnBehindTheLastWholeOne) {
  append({1, 2});
  std::ofstream(file(), std::ios::app) << "[3, 4";
  EXPECT_EQ(replayed(), (std::vector{1, 2}));
  append({5});
  EXPECT_EQ(replayed(), (std::vector{1, 2, 5}));
}

TEST_F(QuorumLog, ANumberWithoutItsLineEndIsTorn) {
  append({1});
  std::ofstream(file(), std::ios::app) << "27";  // of 278, perhaps
  EXPECT_EQ(replayed(), (std::vector{1}));
}

TEST_F(QuorumLog, StopsAtGarbage) {
  append({1});
  std::ofstream(file(), std::ios::app) << "\x01\x02\n3\n";
  EXPECT_EQ(replayed(), (std::vector{1}));
}

TEST_F(QuorumLog, ForgetsWhenTold) {
  {
    Log log(file(), Durability::written, [](const nlohmann::json&) {});
    log.append(1);
    log.clear();
    log.append(2);
  }
  EXPECT_EQ(replayed(), (std::vector{2}));
}

TEST_F(QuorumLog, ADeferredRecordIsNotThereYet) {
  Log log(file(), Durability::deferred, [](const nlohmann::json&) {});
  const auto before = std::chrono::steady_clock::now();
  log.await(log.append(1));
  const auto size = std::filesystem::file_size(file());
  // A machine that stood still for so long in between has nothing to say.
  const bool in_time = std::chrono::steady_clock::now() - before < std::chrono::milliseconds(400);
  EXPECT_TRUE(size == 0 || !in_time);
}

TEST_F(QuorumLog, ThreadsShareOneSync) {
  {
    Log log(file(), Durability::synced, [](const nlohmann::json&) {});
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int n = 0; n < 50; ++n) log.await(log.append(n));
      });
  }
  EXPECT_EQ(replayed().size(), 200u);
}

}  // namespace
}  // namespace tribunal::quorum
