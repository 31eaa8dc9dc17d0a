// The whole road on a real ZooKeeper: acquitted where a quorum stands before each read, and
// convicted where servers answer with what they have.
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/end_to_end/quorum_run.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class ZooKeeperRun : public ::testing::Test {
 protected:
  void SetUp() override {
    if (access("/usr/share/java/zookeeper.jar", R_OK) != 0)
      GTEST_SKIP() << "no ZooKeeper here: apt-get install zookeeper";
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "nothing runs in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "zookeeper", "--out", scratch_.path().string()});
    return tribunal(flags);
  }

  Scratch scratch_;
};

TEST_F(ZooKeeperRun, ReadsAfterAQuorumsWriteAreAcquittedUnderKillPauseAndPartition) {
  const auto ended =
      run({"--time", "14s", "--fault-every", "3500ms", "--fault-length", "1500ms", "--seed", "2"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  std::set<std::string> kinds;
  for (const auto& receipt : folder.read_receipts()) kinds.insert(receipt.planned.fault);
  EXPECT_EQ(kinds, (std::set<std::string>{"kill", "partition", "pause"}));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n2") / "configuration/zookeeper/zoo.cfg"));
}

TEST_F(ZooKeeperRun, ReadsAsTheyAreAreConvictedOfStalenessWhereLinearizabilityIsClaimed) {
  EXPECT_TRUE(at_some_seed([this](std::uint64_t seed) {
    const auto out = scratch_.path() / std::to_string(seed);
    const auto ended =
        tribunal({"run", "zookeeper", "--out", out.string(), "--set", "sync=off", "--checkers",
                  "linearizable-register", "--faults", "pause,partition", "--fault-every", "3s",
                  "--fault-length", "2s", "--time", "10s", "--seed", std::to_string(seed)});
    return ended.status == 1;
  })) << "three seeds without a stale read";
}

}  // namespace
}  // namespace tribunal
