// Schedules on a real etcd: everything at once, scripts and their replays, disks that betray it.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class ScheduleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "etcd does not run in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "etcd", "--out", scratch_.path().string()});
    return tribunal(flags);
  }
  RunFolder folder() {  // of the last run
    return RunFolder::open(std::filesystem::canonical(scratch_.path() / "latest"));
  }

  void expect_refused(const std::string& script, const std::string& what) {
    const auto file = scratch_.path() / "mine.yaml";
    std::ofstream(file) << script;
    const auto ended = run({"--schedule", file.string()});
    EXPECT_EQ(ended.status, 64) << ended.out;
    EXPECT_NE(ended.out.find(what), std::string::npos) << ended.out;
  }

  Scratch scratch_;
};

// Whatever comes together: what was begun is gone again, and nobody is convicted. On a busy machine
// too few may be met, which is no verdict (2).
TEST_F(ScheduleTest, UnderEverythingAtOnceEtcdIsNotConvictedAndAllHeals) {
  const auto ended = run({"--faults", "all", "--overlap", "3", "--time", "25s", "--seed", "5"});
  EXPECT_TRUE(ended.status == 0 || ended.status == 2) << ended.out;
  std::size_t exercised = 0;
  for (const auto& receipt : folder().read_receipts()) {
    exercised += receipt.exercised.has_value();
    if (receipt.installed) {
      EXPECT_TRUE(receipt.heal_verified) << receipt.planned.name() << ": " << receipt.failure;
    }
  }
  EXPECT_GE(exercised, 5u) << ended.out;
}

TEST_F(ScheduleTest, AScriptIsPlayedAndCanBePlayedAgain) {
  const auto ended = run({"--schedule", "pause-kill", "--time", "15s", "--seed", "2"});
  ASSERT_TRUE(ended.status == 0 || ended.status == 2) << ended.out;
  const auto played = folder().read_receipts();
  ASSERT_GE(played.size(), 2u);
  EXPECT_EQ(played[0].planned.fault, "pause");
  EXPECT_EQ(played[1].planned.fault, "kill");
  EXPECT_LT(*played[1].installed, *played[0].heal_requested);
  EXPECT_EQ(folder().read_schedule().size(), played.size());

  const auto replay = folder().replay().string();
  const auto again = run({"--schedule", replay, "--time", "20s", "--seed", "2"});
  ASSERT_TRUE(again.status == 0 || again.status == 2) << again.out;
  const auto replayed = folder().read_receipts();
  ASSERT_EQ(replayed.size(), played.size());
  for (std::size_t i = 0; i < played.size(); ++i) {
    EXPECT_EQ(replayed[i].planned.fault, played[i].planned.fault);
    EXPECT_EQ(replayed[i].targets, played[i].targets);
  }
}

// All of them, since of a majority that forgets the third may still save everything, if it happens
// to be elected; scripts/campaign rollback looks at that.
TEST_F(ScheduleTest, DisksThatForgetAreConvicted) {
  for (const char* seed : {"2", "3", "4"}) {
    const auto ended = run({"--faults", "rollback", "--targets", "all", "--fault-options",
                            "rollback.age=2s", "--time", "15s", "--seed", seed});
    if (ended.status == 1) {
      const auto verdicts = folder().read_verdicts();
      for (const auto& evidence : verdicts.front().evidence)
        EXPECT_LE(evidence.exhibits.size(), 6u);
      return;
    }
    EXPECT_NE(ended.status, 64) << ended.out;
  }
  ADD_FAILURE() << "three runs, and what all forgot was never missed";
}

TEST_F(ScheduleTest, AScriptThatCannotBePlayedIsRefusedWithItsLine) {
  expect_refused("steps:\n  - partition: one\n    name: cut\n", "mine.yaml:2: 'cut'");
  expect_refused("steps:\n  - kill: n7\n    for: 1s\n", "'n7' is no target");
  expect_refused("mode: liveness\nsteps:\n  - kill: majority\n    for: 1s\n", "keeps a majority");
  expect_refused("steps:\n  - kill: one\n    for: 50s\n", "may take 50.0 s");
  const auto unknown = run({"--schedule", "tsunami"});
  EXPECT_EQ(unknown.status, 64);
  EXPECT_NE(unknown.out.find("island"), std::string::npos) << unknown.out;
  EXPECT_EQ(run({"--faults", "kill", "--fault-options", "delay.delay=1s"}).status, 64);
  EXPECT_EQ(run({"--faults", "delay", "--fault-options", "delay.delay=soon"}).status, 64);
  EXPECT_EQ(run({"--faults", "delay", "--fault-options", "delay.deploy=1s"}).status, 64);
}

}  // namespace
}  // namespace tribunal
