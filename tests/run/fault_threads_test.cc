// Faults are carried out beside each other: nobody waits for another's heal, two of a resource are
// never on one host, and what was realised can be played again.
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>

#include "harness/run/fault_runner.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

// Lets a test hold a fault where it stands.
class Gate {
 public:
  void open() {
    const std::scoped_lock lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

struct Play {
  std::function<void(Ground&, Receipt&)> inject, heal;
  std::function<bool()> meets = [] { return true; };
};

class Played final : public Fault {
 public:
  explicit Played(Play play) : play_(std::move(play)) {}
  void inject(Ground& ground, Receipt& receipt) override {
    if (play_.inject) play_.inject(ground, receipt);
    receipt.installed = receipt.observed = ground.now();
  }
  void exercise(Ground& ground, Receipt& receipt) override {
    if (play_.meets()) receipt.exercised = ground.now();
  }
  void heal(Ground& ground, Receipt& receipt) override {
    if (play_.heal) play_.heal(ground, receipt);
    receipt.healed = receipt.heal_verified = ground.now();
  }

 private:
  const Play play_;
};

FaultKind played(const std::string& name, const std::string& resource,
                 std::vector<std::string> targets, Play play) {
  FaultKind kind;
  kind.name = name;
  kind.resource = resource;
  kind.targets = std::move(targets);
  kind.make = [play](const PlannedFault&) { return std::make_unique<Played>(play); };
  return kind;
}

class FaultThreads : public ::testing::Test {
 protected:
  static PlannedFault planned(int id, const std::string& name, std::int64_t duration = 1) {
    PlannedFault fault;
    fault.id = id;
    fault.fault = name;
    fault.duration = duration;
    return fault;
  }
  Ground ground() {
    return {cluster_, activity_, [this] { return recorder_.now(); }, {}, {}, {}};
  }
  void run(const std::vector<FaultKind>& kinds, std::vector<PlannedFault> schedule,
           const std::function<void(FaultRunner&)>& meanwhile) {
    FaultRunner runner(ground(), recorder_, folder_, kinds);
    runner.begin(std::move(schedule), recorder_.now());
    meanwhile(runner);
    runner.finish(INT64_MAX);
    receipts_ = runner.receipts();
    realised_ = runner.realised();
  }

  Scratch scratch_;
  RunFolder folder_ = RunFolder::create(scratch_.path(), "faults");
  Recorder recorder_{folder_.history()};
  Cluster cluster_{{}};
  Activity activity_{1};
  std::vector<Receipt> receipts_;
  std::vector<PlannedFault> realised_;
};

TEST_F(FaultThreads, AHealThatTakesLongDelaysNobody) {
  Gate slow, other;
  const std::vector<FaultKind> kinds{
      played("slow", "a", {}, {{}, [&](Ground&, Receipt&) { slow.pass(); }}),
      played("other", "b", {}, {{}, [&](Ground&, Receipt&) { other.open(); }})};
  run(kinds, {planned(0, "slow"), planned(1, "other")}, [&](FaultRunner&) {
    other.pass();  // it was healed although the first one was not
    slow.open();
  });
  ASSERT_EQ(receipts_.size(), 2u);
  for (const auto& receipt : receipts_) EXPECT_TRUE(receipt.complete());
}

TEST_F(FaultThreads, OneForTheWholeClusterWaitsUntilTheOtherOfItsResourceIsGone) {
  std::atomic<int> in_force{0}, most{0};
  const Play play{[&](Ground&, Receipt&) { most = std::max(most.load(), ++in_force); },
                  [&](Ground&, Receipt&) { --in_force; }};
  const std::vector<FaultKind> kinds{played("cut", "topology", {}, play)};
  run(kinds, {planned(0, "cut", 2'000'000), planned(1, "cut", 2'000'000), planned(2, "cut")},
      [](FaultRunner&) {});
  EXPECT_EQ(most, 1);
  EXPECT_EQ(receipts_.size(), 3u);
}

TEST_F(FaultThreads, AFaultKnowsWhichHostsOthersOfItsResourceHold) {
  Gate first, second;
  std::set<std::string> held;
  bool alone = true;
  const std::vector<FaultKind> kinds{
      played("first", "processes", {"one"},
             {[&](Ground&, Receipt& receipt) { receipt.targets = {"n2"}; },
              [&](Ground&, Receipt&) { second.pass(); }}),
      played("second", "processes", {"one"},
             {[&](Ground& ground, Receipt&) {
                held = ground.held();
                alone = ground.alone();
                second.open();
              },
              {}})};
  FaultRunner runner(ground(), recorder_, folder_, kinds);
  runner.begin(
      [&](FaultRunner& director, std::stop_token stop) {
        director.await_injected(director.start(planned(0, "first", 1'000'000'000'000)), stop);
        director.start(planned(1, "second"));
      },
      recorder_.now());
  second.pass();
  runner.stop();
  runner.finish(INT64_MAX);
  EXPECT_EQ(held, std::set<std::string>{"n2"});
  EXPECT_FALSE(alone);
}

// What is being healed may still stand in the database's way.
TEST_F(FaultThreads, AFaultThatIsBeingHealedIsInForceUntilItIsUndone) {
  Gate healing, looked, undone;
  bool alone_during = true, alone_after = false;
  const std::vector<FaultKind> kinds{played("slow", "a", {},
                                            {{},
                                             [&](Ground& ground, Receipt&) {
                                               healing.open();
                                               looked.pass();
                                               ground.undone();
                                               undone.open();
                                               healing.pass();
                                             }}),
                                     played("other", "b", {},
                                            {[&](Ground& ground, Receipt&) {
                                               healing.pass();
                                               alone_during = ground.alone();
                                               looked.open();
                                               undone.pass();
                                               alone_after = ground.alone();
                                             },
                                             {}})};
  run(kinds, {planned(0, "slow"), planned(1, "other")}, [](FaultRunner&) {});
  EXPECT_FALSE(alone_during);
  EXPECT_TRUE(alone_after);
}

TEST_F(FaultThreads, OneThatNothingHasMetLastsUntilSomethingHas) {
  int looks = 0;
  const std::vector<FaultKind> kinds{played("shy", "", {}, {{}, {}, [&] { return ++looks >= 3; }})};
  FaultRunner runner(ground(), recorder_, folder_, kinds);
  runner.begin(
      [&](FaultRunner& director, std::stop_token) {
        director.start(planned(0, "shy"), FaultRunner::Patience::waits, INT64_MAX);
      },
      recorder_.now());
  runner.finish(INT64_MAX);
  EXPECT_GE(looks, 3);
  ASSERT_EQ(runner.receipts().size(), 1u);
  EXPECT_TRUE(runner.receipts()[0].complete());
}

TEST_F(FaultThreads, OneThatIsNotInstalledIsNotWaitedFor) {
  const std::vector<FaultKind> kinds{
      played("vain", "", {}, {[](Ground&, Receipt&) { throw std::runtime_error("in vain"); }, {}})};
  FaultRunner runner(ground(), recorder_, folder_, kinds);
  runner.begin(
      [&](FaultRunner& director, std::stop_token) {
        director.start(planned(0, "vain"), FaultRunner::Patience::waits, INT64_MAX);
      },
      recorder_.now());
  runner.finish(INT64_MAX);  // returns
  ASSERT_EQ(runner.receipts().size(), 1u);
  EXPECT_EQ(runner.receipts()[0].failure, "inject: in vain");
}

TEST_F(FaultThreads, OfThoseThatWaitForTheSameTheFirstBeginsFirst) {
  constexpr int count = 8;
  Gate all_wait;
  std::vector<int> began;  // one at a time, so nothing guards it
  std::vector<FaultKind> kinds;
  for (int i = 0; i < count; ++i)
    kinds.push_back(played("cut" + std::to_string(i), "topology", {},
                           {[&, i](Ground&, Receipt&) {
                              all_wait.pass();
                              began.push_back(i);
                            },
                            {}}));
  FaultRunner runner(ground(), recorder_, folder_, kinds);
  runner.begin(
      [&](FaultRunner& director, std::stop_token) {
        for (int i = 0; i < count; ++i)
          director.start(planned(i, "cut" + std::to_string(i)), FaultRunner::Patience::waits);
        all_wait.open();
      },
      recorder_.now());
  runner.finish(INT64_MAX);
  EXPECT_EQ(began, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(FaultThreads, InAScheduleAFaultWaitsForAnotherOfItsResourceUnlessTheyNameOtherHosts) {
  std::atomic<int> in_force{0}, most{0};
  const Play play{[&](Ground&, Receipt& receipt) {
                    receipt.targets = {"n1"};
                    most = std::max(most.load(), ++in_force);
                  },
                  [&](Ground&, Receipt&) { --in_force; }};
  const std::vector<FaultKind> kinds{played("kill", "processes", {"one"}, play)};
  const auto aimed = [](int id, const std::string& target) {
    auto fault = planned(id, "kill", 100'000'000);
    fault.order = {"n1", "n2"};
    fault.target = target;
    return fault;
  };
  run(kinds, {aimed(0, "one"), aimed(1, "one"), aimed(2, "n1")}, [](FaultRunner&) {});
  EXPECT_EQ(most, 1);
  Gate second;
  const std::vector<FaultKind> apart{
      played("kill", "processes", {"one"},
             {[&](Ground&, Receipt& receipt) { receipt.targets = {"n1"}; },
              [&](Ground&, Receipt&) { second.pass(); }}),
      played("pause", "processes", {"one"}, {[&](Ground&, Receipt&) { second.open(); }, {}})};
  auto first = aimed(0, "n1"), other = aimed(1, "n2");
  first.duration = 3'000'000'000'000;
  other.fault = "pause";
  run(apart, {first, other}, [&](FaultRunner& runner) {
    second.pass();  // it began while the first was in force
    runner.stop();
  });
  EXPECT_EQ(receipts_.size(), 2u);
}

TEST_F(FaultThreads, WhatWasRealisedNamesTheHostsThatWereHit) {
  const std::vector<FaultKind> kinds{played("kill", "processes", {"leader"},
                                            {[](Ground&, Receipt& receipt) {
                                               receipt.targets = {"n2", "n3"};
                                             },
                                             {}})};
  run(kinds, {planned(7, "kill", 3'000'000)}, [](FaultRunner&) {});
  ASSERT_EQ(realised_.size(), 1u);
  EXPECT_EQ(realised_[0].id, 7);
  EXPECT_EQ(realised_[0].target, "n2+n3");
  EXPECT_GE(realised_[0].duration, 3'000'000);
}

TEST_F(FaultThreads, AFaultThatCannotBeMadeIsAReceiptWithItsReason) {
  FaultKind kind = played("odd", "", {}, {});
  kind.make = [](const PlannedFault&) -> std::unique_ptr<Fault> {
    throw std::runtime_error("no such option");
  };
  run({kind}, {planned(0, "odd")}, [](FaultRunner&) {});
  ASSERT_EQ(receipts_.size(), 1u);
  EXPECT_EQ(receipts_[0].failure, "prepare: no such option");
  EXPECT_FALSE(receipts_[0].installed);
}

}  // namespace
}  // namespace tribunal
