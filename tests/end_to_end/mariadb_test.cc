// The whole road on a real MariaDB: a server alone is acquitted, and convicted where a bank needs
// more than InnoDB's repeatable read.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class MariadbRun : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists("/usr/sbin/mariadbd"))
      GTEST_SKIP() << "no MariaDB here: apt-get install mariadb-server";
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "nothing runs in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(),
                 {"run", "mariadb", "--set", "layout=single", "--out", scratch_.path().string()});
    return tribunal(flags);
  }

  Scratch scratch_;
};

TEST_F(MariadbRun, AServerAloneIsAcquittedUnderKillAndPause) {
  const auto ended = run({"--faults", "kill,pause", "--time", "8s", "--fault-every", "3s",
                          "--fault-length", "1s", "--seed", "1"});
  EXPECT_EQ(ended.status, 0) << ended.out;
}

TEST_F(MariadbRun, ABankAtRepeatableReadIsConvicted) {
  const auto ended = run({"--workload", "bank", "--checkers", "bank", "--faults", "pause", "--time",
                          "6s", "--seed", "1"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  EXPECT_NE(ended.out.find("money made or lost"), std::string::npos) << ended.out;
}

}  // namespace
}  // namespace tribunal
