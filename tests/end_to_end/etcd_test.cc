// The whole road on a real etcd: acquitted as it is, convicted when it is told to serve stale
// reads.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <thread>

#include "harness/record/history_file.h"
#include "harness/record/run_folder.h"
#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

class EtcdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "etcd does not run in a cell here:\n" << why;
  }

  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "etcd", "--out", scratch_.path().string()});
    return tribunal(flags);
  }

  Scratch scratch_;
};

TEST_F(EtcdTest, UnderKillPauseAndPartitionItIsAcquitted) {
  const auto ended =
      run({"--time", "20s", "--seed", "7", "--junit", (scratch_.path() / "junit.xml").string(),
           "--summary", (scratch_.path() / "summary.md").string()});
  ASSERT_EQ(ended.status, 0) << ended.out;
  EXPECT_NE(ended.out.find("SATISFIED"), std::string::npos) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  std::size_t acknowledged = 0;
  for (const auto& op : read_history(folder.history()).operations) acknowledged += op.ok();
  EXPECT_GT(acknowledged, 2000u);
  EXPECT_GE(folder.read_receipts().size(), 3u);
  for (const auto& receipt : folder.read_receipts())
    EXPECT_TRUE(receipt.complete()) << receipt.planned.name();
  for (const char* name : {"spec.yaml", "schedule.json", "faults.jsonl", "verdicts.json",
                           "environment.json", "report/index.html"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() / name)) << name;
  }
  for (const char* host : {"n1", "n2", "n3"})
    EXPECT_FALSE(std::filesystem::is_empty(folder.logs(host))) << host;
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "data"));
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() / "junit.xml"));
  EXPECT_TRUE(std::filesystem::exists(scratch_.path() / "summary.md"));
  EXPECT_EQ(tribunal({"check", folder.path().string()}).status, 0);
}

TEST_F(EtcdTest, StaleReadsAreConvicted) {
  const auto ended = run(
      {"--reads", "serializable", "--faults", "partition,pause", "--time", "15s", "--seed", "3"});
  ASSERT_EQ(ended.status, 1) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  const auto verdicts = folder.read_verdicts();
  ASSERT_FALSE(verdicts.front().evidence.empty());
  for (const auto& evidence : verdicts.front().evidence) {
    EXPECT_LE(evidence.exhibits.size(), 6u);
    EXPECT_FALSE(evidence.sentence.empty());
  }
  EXPECT_EQ(tribunal({"check", folder.path().string()}).status, 1);
}

TEST_F(EtcdTest, ASetKeepsWhatItAcknowledged) {
  const auto ended = run({"--workload", "set", "--nodes", "5", "--faults", "partition,kill",
                          "--time", "15s", "--seed", "5"});
  EXPECT_EQ(ended.status, 0) << ended.out;
}

TEST_F(EtcdTest, WatchesKeepTheirWordUnderKillPauseAndPartition) {
  const auto ended = run({"--workload", "watch", "--time", "12s", "--fault-every", "3s",
                          "--fault-length", "1s", "--seed", "3"});
  EXPECT_EQ(ended.status, 0) << ended.out;
}

// Debian's etcd, 3.4.23, answers with its revision before the watch has shown what led to it.
TEST_F(EtcdTest, AnEarlyWordOfProgressIsConvicted) {
  const auto ended =
      run({"--workload", "watch", "--set", "bookmark=progress", "--faults", "pause",
           "--fault-every", "3s", "--fault-length", "1s", "--time", "6s", "--seed", "3"});
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  const std::string version = folder.read_facts().database_version;
  if (version == "3.4.23") {
    EXPECT_EQ(ended.status, 1) << ended.out;
    EXPECT_EQ(folder.read_verdicts().front().evidence.front().anomaly, "lost change");
  } else {
    EXPECT_NE(ended.status, 3) << ended.out;
  }
}

TEST_F(EtcdTest, OneSeedMeansTheSameFaultsAndTheSameCalls) {
  std::map<std::uint32_t, std::vector<std::string>> calls[2];
  std::vector<std::string> faults[2];
  for (int i = 0; i < 2; ++i) {
    const Scratch scratch;
    const auto ended =
        tribunal({"run", "etcd", "--out", scratch.path().string(), "--time", "6s", "--seed", "11",
                  "--faults", "pause", "--fault-every", "2s", "--fault-length", "500ms"});
    ASSERT_TRUE(ended.status == 0 || ended.status == 2) << ended.out;
    const auto folder = RunFolder::open(run_folder(scratch.path()));
    for (const auto& fault : folder.read_schedule()) {
      faults[i].push_back(fault.name() + " " + std::to_string(fault.at) + " " +
                          fault.order.front());
    }
    auto history = read_history(folder.history());
    for (auto op : history.operations) {
      if (op.function == Function::read) op.value = Value::nil();
      calls[i][op.process % 10].push_back(history.show(op));
    }
  }
  EXPECT_EQ(faults[0], faults[1]);
  for (std::uint32_t worker = 0; worker < 10; ++worker) {
    auto &first = calls[0][worker], &second = calls[1][worker];
    const auto common = std::min(first.size(), second.size()) * 9 /
                        10;  // the last look depends on how far they got
    EXPECT_GT(common, 50u);
    first.resize(common);
    second.resize(common);
    EXPECT_EQ(first, second) << worker;
  }
}

TEST_F(EtcdTest, AServerThatDoesNotServeIsTheHarnesssTroubleAndIsReported) {
  const auto impostor = scratch_.path() / "etcd", junit = scratch_.path() / "junit.xml";
  std::ofstream(impostor) << "#!/bin/sh\n[ \"$1\" = --version ] && exec etcd --version\n"
                             "echo the disk is on fire >&2\nexit 1\n";
  std::filesystem::permissions(impostor, std::filesystem::perms::owner_all);
  const auto ended =
      run({"--binary", impostor.string(), "--ready-timeout", "2s", "--junit", junit.string()});
  EXPECT_EQ(ended.status, 3) << ended.out;
  EXPECT_NE(ended.out.find("the disk is on fire"), std::string::npos) << ended.out;
  EXPECT_TRUE(std::filesystem::exists(junit));
  EXPECT_NE(read_file(run_folder(scratch_.path()) / "verdicts.json").find("harness error"),
            std::string::npos);
}

TEST_F(EtcdTest, AnInterruptedRunHealsJudgesAndSaysSo) {
  const int pid = begin_tribunal(
      {"run", "etcd", "--out", scratch_.path().string(), "--time", "60s"}, scratch_.path() / "log");
  std::this_thread::sleep_for(std::chrono::seconds(8));
  kill(pid, SIGINT);
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  EXPECT_EQ(folder.read_facts().interrupted, "SIGINT");
  EXPECT_TRUE(std::filesystem::exists(folder.report()));
  for (const auto& receipt : folder.read_receipts())
    EXPECT_EQ(receipt.installed.has_value(), receipt.heal_verified.has_value());
  EXPECT_EQ(tribunal({"check", folder.path().string()}).status, 2);
}

}  // namespace
}  // namespace tribunal
