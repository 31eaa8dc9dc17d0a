// The store of our own: what is planted into its histories is found, and their profile says where
// they stand; who is convicted of what is the matrix's. What a run shows depends on the machine's
// mood, so it may be looked for at three seeds; an honest store is convicted at none.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/record/history_file.h"
#include "harness/record/run_folder.h"
#include "tests/end_to_end/quorum_run.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class QuorumTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "no cell can be had here:\n" << why;
  }

  QuorumRun run(std::uint64_t seed, const Flags& flags) {
    return run_quorum(scratch_.path(), seed, flags);
  }

  // Of a store that keeps its word: satisfied, or too little was seen to say so.
  QuorumRun honest_run(std::uint64_t seed, const Flags& flags) {
    QuorumRun honest = run(seed, flags);
    EXPECT_TRUE(honest.ended.status == 0 || honest.ended.status == 2) << honest.ended.out;
    for (const auto& [checker, judgement] : honest.claims)
      EXPECT_NE(judgement, Judgement::violated) << checker << "\n" << honest.ended.out;
    return honest;
  }

  // How many records say what a replica has applied.
  static std::ptrdiff_t replicas_that_told(const QuorumRun& run) {
    const auto events = read_history(RunFolder::open(run.folder).history()).faults;
    return std::count_if(events.begin(), events.end(),
                         [](const FaultEvent& event) { return event.name == "applied"; });
  }

  Scratch scratch_;
};

TEST_F(QuorumTest, ACausalStoreKeepsAllThatItPromisesToSessionsThatMove) {
  EXPECT_TRUE(at_some_seed([this](std::uint64_t seed) {
    const auto honest = honest_run(seed, {{"set", "level=causal"}, {"workload", "sessions"}});
    if (honest.ended.status != 0) return false;
    for (const char* name : {"causal", "causal-convergent", "read-your-writes", "monotonic-reads",
                             "monotonic-writes", "writes-follow-reads", "pram", "convergence"})
      EXPECT_TRUE(honest.claims.contains(name)) << name;
    const auto tested = tribunal({"check", honest.folder.string(), "--self-test"});
    EXPECT_EQ(tested.out.find("were not found"), std::string::npos) << tested.out;
    return tested.status == 0 && tested.out.find("planted anomalies found") != std::string::npos;
  }));
}

TEST_F(QuorumTest, AnEventualStoreConvergesAndItsProfileRefutesTheRest) {
  EXPECT_TRUE(at_some_seed([this](std::uint64_t seed) {
    const auto honest = honest_run(seed, {{"set", "level=eventual"}, {"workload", "sessions"}});
    if (honest.ended.status != 0) return false;
    const auto folder = honest.folder.string();
    EXPECT_EQ(replicas_that_told(honest), 3);
    EXPECT_EQ(tribunal({"profile", folder, "--require", "convergence"}).status, 0);
    EXPECT_EQ(tribunal({"profile", folder, "--require", "no-such-model"}).status, 64);
    const auto profile = tribunal({"profile", folder});
    EXPECT_NE(profile.out.find("strongest not refuted"), std::string::npos) << profile.out;
    EXPECT_NE(profile.out.find("outside fault windows"), std::string::npos) << profile.out;
    return profile.status == 0 &&
           tribunal({"profile", folder, "--require", "sequential"}).status == 1;
  }));
}

// A local read is old where its node is cut off from the one that orders the writes.
TEST_F(QuorumTest, ASequentialStoreIsSequentialAndNotLinearizable) {
  EXPECT_TRUE(at_some_seed([this](std::uint64_t seed) {
    const auto honest = honest_run(
        seed, {{"set", "level=sequential"}, {"workload", "sessions"}, {"faults", "partition"}});
    if (honest.ended.status != 0) return false;
    EXPECT_TRUE(honest.claims.contains("sequential"));
    return tribunal({"check", honest.folder.string(), "--checker", "linearizable-register"})
               .status == 1;
  }));
}

TEST_F(QuorumTest, QuorumsThatNeedNotMeetAreNotLinearizable) {
  EXPECT_TRUE(at_some_seed([this](std::uint64_t seed) {
    return run(seed, {{"set", "r=1,w=1"}, {"workload", "read-write"}, {"faults", "partition"}})
        .convicts("linearizable-register");
  }));
}

}  // namespace
}  // namespace tribunal
