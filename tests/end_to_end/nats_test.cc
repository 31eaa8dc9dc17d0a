// The whole road on a real NATS: acquitted where reads ask the log of all replicas, and convicted
// where a message is acknowledged before it is on any disk, and where a revision is compared by
// one server.
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class NatsRun : public ::testing::Test {
 protected:
  void SetUp() override {
    if (access("/usr/sbin/nats-server", X_OK) != 0)
      GTEST_SKIP() << "no NATS here: apt-get install nats-server";
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "nothing runs in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "nats", "--out", scratch_.path().string()});
    return tribunal(flags);
  }

  Scratch scratch_;
};

TEST_F(NatsRun, ReadsByTheLogAreAcquittedUnderKillPauseAndPartition) {
  const auto ended = run({"--workload", "read-write", "--time", "10s", "--fault-every", "2500ms",
                          "--fault-length", "1s", "--seed", "2"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  std::set<std::string> kinds;
  for (const auto& receipt : folder.read_receipts()) kinds.insert(receipt.planned.fault);
  EXPECT_EQ(kinds, (std::set<std::string>{"kill", "partition", "pause"}));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n2") / "configuration/nats/nats.conf"));
}

TEST_F(NatsRun, WhatWasAcknowledgedIsGoneWhenAllLosePowerAtOnce) {
  const auto ended =
      run({"--workload", "set", "--faults", "power-cut", "--targets", "all", "--fault-every", "4s",
           "--fault-length", "1s", "--time", "6s", "--seed", "1"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  EXPECT_NE(ended.out.find("elements lost"), std::string::npos) << ended.out;
}

TEST_F(NatsRun, AServerThatIsAloneComparesRevisionsAsItSays) {
  const auto ended =
      run({"--nodes", "1", "--set", "replicas=1", "--faults", "none", "--time", "3s"});
  EXPECT_EQ(ended.status, 0) << ended.out;
}

}  // namespace
}  // namespace tribunal
