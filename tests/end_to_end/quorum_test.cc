// The store of our own, at what it promises and told to lie: each level is acquitted, each lie
// convicted by the claim that it breaks, and the profile says where the history stands.
#include <gtest/gtest.h>

#include <map>

#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class QuorumTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "no cell can be had here:\n" << why;
  }

  Ended run(const std::string& options, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"run", "quorum", "--out", scratch_.path().string(), "--set", options, "--time",
                 "5s", "--fault-every", "2s", "--fault-length", "1s", "--seed", "2"});
    return tribunal(more);
  }

  // What each claim of the last run came to.
  std::map<std::string, Judgement> judgements() const {
    std::map<std::string, Judgement> judgements;
    for (const auto& verdict : RunFolder::open(run_folder(scratch_.path())).read_verdicts())
      judgements[verdict.checker] = verdict.judgement;
    return judgements;
  }

  Scratch scratch_;
};

TEST_F(QuorumTest, ACausalStoreKeepsAllThatItPromisesToSessionsThatMove) {
  const auto ended = run("level=causal", {"--workload", "sessions"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto claims = judgements();
  for (const char* name : {"causal", "causal-convergent", "read-your-writes", "monotonic-reads",
                           "monotonic-writes", "writes-follow-reads", "pram", "convergence"}) {
    ASSERT_TRUE(claims.contains(name)) << name;
    EXPECT_EQ(claims.at(name), Judgement::satisfied) << name;
  }
  const auto tested = tribunal({"check", run_folder(scratch_.path()).string(), "--self-test"});
  EXPECT_EQ(tested.status, 0) << tested.out;
  EXPECT_NE(tested.out.find("planted anomalies found"), std::string::npos) << tested.out;
}

TEST_F(QuorumTest, AnEventualStoreConvergesAndItsProfileRefutesTheRest) {
  const auto ended = run("level=eventual", {"--workload", "sessions"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = run_folder(scratch_.path()).string();
  const auto profile = tribunal({"profile", folder});
  EXPECT_EQ(profile.status, 0) << profile.out;
  EXPECT_NE(profile.out.find("strongest not refuted"), std::string::npos) << profile.out;
  EXPECT_NE(profile.out.find("outside fault windows"), std::string::npos) << profile.out;
  EXPECT_EQ(tribunal({"profile", folder, "--require", "sequential"}).status, 1);
  EXPECT_EQ(tribunal({"profile", folder, "--require", "convergence"}).status, 0);
  EXPECT_EQ(tribunal({"profile", folder, "--require", "no-such-model"}).status, 64);
}

TEST_F(QuorumTest, ASequentialStoreIsSequentialAndNotLinearizable) {
  const auto ended = run("level=sequential", {"--workload", "sessions"});
  ASSERT_EQ(ended.status, 0) << ended.out;
  EXPECT_EQ(judgements().at("sequential"), Judgement::satisfied);
  const auto strict = tribunal(
      {"check", run_folder(scratch_.path()).string(), "--checker", "linearizable-register"});
  EXPECT_EQ(strict.status, 1) << strict.out;
}

TEST_F(QuorumTest, StaleReadsAreConvictedByWhatTheyBreak) {
  const auto ended = run("level=causal,bug=stale-read", {"--workload", "sessions"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  const auto claims = judgements();
  EXPECT_EQ(claims.at("monotonic-reads"), Judgement::violated);
  EXPECT_EQ(claims.at("read-your-writes"), Judgement::violated);
  EXPECT_EQ(claims.at("convergence"), Judgement::satisfied);
}

TEST_F(QuorumTest, AnUpdateThatIsNeverRepairedIsADivergence) {
  const auto ended = run("level=eventual,bug=never-repaired", {"--workload", "sessions"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  EXPECT_EQ(judgements().at("convergence"), Judgement::violated);
}

TEST_F(QuorumTest, MajoritiesThatWriteBackAreLinearizableAndSmallQuorumsAreNot) {
  const auto honest = run("level=linearizable", {"--workload", "read-write"});
  EXPECT_EQ(honest.status, 0) << honest.out;
  const Scratch other;
  const auto small = tribunal({"run", "quorum", "--out", other.path().string(), "--set", "r=1,w=1",
                               "--workload", "read-write", "--time", "5s", "--fault-every", "2s",
                               "--fault-length", "1s", "--seed", "2"});
  EXPECT_EQ(small.status, 1) << small.out;
}

}  // namespace
}  // namespace tribunal
