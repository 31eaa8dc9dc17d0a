// The whole road on a real PostgreSQL: acquitted with a quorum of replicas, and convicted where
// transactions are isolated less than a bank needs.
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class PostgresqlRun : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/lib/postgresql"))
      GTEST_SKIP() << "no PostgreSQL here: apt-get install postgresql-15";
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "nothing runs in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "postgresql", "--out", scratch_.path().string()});
    return tribunal(flags);
  }

  Scratch scratch_;
};

TEST_F(PostgresqlRun, WithAQuorumOfReplicasItIsAcquittedUnderKillPauseAndPartition) {
  const auto ended =
      run({"--time", "15s", "--fault-every", "4s", "--fault-length", "1500ms", "--seed", "1"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n2") / "configuration/postgresql.conf"));
}

TEST_F(PostgresqlRun, PatroniKeepsWhatWasAcknowledged) {
  if (!std::filesystem::exists("/usr/bin/patroni"))
    GTEST_SKIP() << "no Patroni here: apt-get install patroni";
  const auto ended = run({"--set", "layout=patroni", "--workload", "set", "--faults",
                          "kill,partition", "--time", "8s", "--fault-every", "3s", "--fault-length",
                          "1s", "--ready-timeout", "120s", "--seed", "1"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n2") / "patroni.log"));
}

TEST_F(PostgresqlRun, ABankAtReadCommittedIsConvicted) {
  const auto ended = run({"--set", "layout=single", "--workload", "bank", "--checkers", "bank",
                          "--faults", "pause", "--time", "6s", "--seed", "1"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  EXPECT_NE(ended.out.find("money made or lost"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace tribunal
