// The whole road on a real Redis: acquitted where its makers promise what is claimed, and convicted
// where a fail-over forgets.
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class RedisRun : public ::testing::Test {
 protected:
  void SetUp() override {
    if (access("/usr/bin/redis-server", X_OK) != 0)
      GTEST_SKIP() << "no Redis here: apt-get install redis-server";
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "nothing runs in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "redis", "--out", scratch_.path().string()});
    return tribunal(flags);
  }

  Scratch scratch_;
};

TEST_F(RedisRun, APrimaryThatNobodyReplacesIsAcquittedUnderKillPauseAndPartition) {
  const auto ended = run({"--set", "layout=primary", "--time", "14s", "--fault-every", "3500ms",
                          "--fault-length", "1500ms", "--seed", "2"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  std::set<std::string> kinds;
  for (const auto& receipt : folder.read_receipts()) kinds.insert(receipt.planned.fault);
  EXPECT_EQ(kinds, (std::set<std::string>{"kill", "partition", "pause"}));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n2") / "configuration/redis/redis.conf"));
}

TEST_F(RedisRun, AFailOverBySentinelsLosesWhatThePrimaryAcknowledgedAlone) {
  const auto ended =
      run({"--workload", "set", "--faults", "partition", "--shapes", "primaries", "--fault-length",
           "6s", "--fault-every", "10s", "--time", "12s", "--seed", "1"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  EXPECT_NE(ended.out.find("elements lost"), std::string::npos) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n1") / "configuration/sentinel/sentinel.conf"));
  EXPECT_EQ(tribunal({"check", folder.path().string()}).status, 1);
}

TEST_F(RedisRun, TheNodesOfAClusterFindEachOtherAndTheirKeys) {
  const auto ended = run({"--set", "layout=cluster", "--faults", "none", "--time", "3s"});
  EXPECT_EQ(ended.status, 0) << ended.out;
}

}  // namespace
}  // namespace tribunal
