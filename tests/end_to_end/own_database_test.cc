// Anybody's own database, by a description and an adapter, and one that runs already.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "harness/cluster/command.h"
#include "harness/record/history_file.h"
#include "harness/record/run_folder.h"
#include "tests/clients/misbehaving_server.h"
#include "tests/end_to_end/binary.h"
#include "tests/end_to_end/quorum_run.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

const std::string memcached = std::string(TRIBUNAL_SOURCE) + "/examples/memcached/memcached.yaml";

class MemcachedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "no cell can be had here:\n" << why;
    if (!find_program("memcached") || !find_program("python3"))
      GTEST_SKIP() << "needs memcached and python3";
  }
  Scratch scratch_;
};

TEST_F(MemcachedTest, UnderPausesItIsAcquittedAndJudgedAgainByItsOwnCopyOfTheDescription) {
  const auto ended = tribunal({"run", memcached, "--faults", "pause", "--time", "8s", "--seed", "3",
                               "--out", scratch_.path().string()});
  ASSERT_EQ(ended.status, 0) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "database.yaml"));
  EXPECT_TRUE(std::filesystem::exists(folder.logs("clients") / "adapter.log"));
  EXPECT_EQ(folder.read_facts().database, "memcached");
  EXPECT_EQ(tribunal({"check", folder.path().string()}).status, 0);
}

TEST_F(MemcachedTest, AKillLosesAllThatWasAcknowledged) {
  Ended last;
  EXPECT_TRUE(at_some_seed([&](std::uint64_t seed) {
    last = tribunal({"run", memcached, "--faults", "kill", "--time", "8s", "--seed",
                     std::to_string(seed), "--out", scratch_.path().string()});
    return last.status == 1;
  })) << last.out;
}

TEST_F(MemcachedTest, ItsAdapterDoesWhatItShould) {
  const auto ended = tribunal({"adapter", "check", memcached});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_NE(ended.out.find("a connection that dies before the answer"), std::string::npos)
      << ended.out;
}

// A cluster of three, without a line of C++.
TEST_F(MemcachedTest, AndSoIsARaftClusterNotConvicted) {
  if (!find_program("ovsdb-server") || !find_program("ovsdb-tool"))
    GTEST_SKIP() << "needs openvswitch-common";
  const auto ended = tribunal({"run", std::string(TRIBUNAL_SOURCE) + "/examples/ovsdb/ovsdb.yaml",
                               "--time", "12s", "--seed", "3", "--out", scratch_.path().string()});
  // On a slow machine too little may have been acknowledged for a verdict.
  EXPECT_TRUE(ended.status == 0 || ended.status == 2) << ended.out;
  const auto folder = RunFolder::open(run_folder(scratch_.path()));
  EXPECT_EQ(folder.read_facts().hosts.size(), 3u);
  EXPECT_TRUE(std::filesystem::exists(folder.logs("n2") / "ovsdb-server.log"));
}

// A primary with replicas, whose adapter goes by the addresses of all.
TEST_F(MemcachedTest, AndSoDoesOneThatGoesToThePrimary) {
  if (!find_program("tarantool")) GTEST_SKIP() << "needs tarantool";
  const auto ended = tribunal(
      {"adapter", "check", std::string(TRIBUNAL_SOURCE) + "/examples/tarantool/tarantool.yaml"});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_EQ(ended.out.find("not seen"), std::string::npos) << ended.out;
}

// etcd as a description has it, whose members come and go.
class DescribedEtcdTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string why;
    if (!can_run_etcd(why)) GTEST_SKIP() << "no cell can be had here:\n" << why;
    if (!find_program("etcdctl")) GTEST_SKIP() << "needs etcdctl: apt-get install etcd-client";
  }
  // The example with that client, in a folder of its own.
  std::string with_client(const std::string& client) {
    std::string text = read_file(example() / "etcd.yaml");
    const std::string own = "client: {adapter: ./adapter}";
    EXPECT_NE(text.find(own), std::string::npos);
    text.replace(text.find(own), own.size(), "client: {" + client + "}");
    std::ofstream(scratch_.path() / "etcd.yaml") << text;
    return scratch_.path() / "etcd.yaml";
  }
  static std::filesystem::path example() { return TRIBUNAL_SOURCE "/examples/etcd"; }

  Scratch scratch_;
};

TEST_F(DescribedEtcdTest, ItsAdapterInGoDoesWhatItShould) {
  if (!find_program("go")) GTEST_SKIP() << "needs go: apt-get install golang-go";
  const auto adapter = scratch_.path() / "adapter";
  const auto built = run_command(
      {"env", "GO111MODULE=off", "GOFLAGS=", "GOCACHE=" + (scratch_.path() / "cache").string(),
       "go", "build", "-o", adapter, example() / "etcd.go"},
      std::chrono::minutes(5));
  ASSERT_TRUE(built.ok()) << built.err;
  const auto ended = tribunal({"adapter", "check", with_client("adapter: ./adapter")});
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_EQ(ended.out.find("not seen"), std::string::npos) << ended.out;
}

TEST_F(DescribedEtcdTest, AMemberIsReplacedByOneWithoutData) {
  const auto runs = scratch_.path() / "runs";
  const auto ended =
      tribunal({"run", with_client("built-in: etcd"), "--faults", "replace-member", "--time", "15s",
                "--fault-every", "8s", "--seed", "3", "--out", runs.string()});
  EXPECT_NE(ended.status, 1) << ended.out;
  const std::string receipts = read_file(run_folder(runs) / "faults.jsonl");
  EXPECT_NE(receipts.find("is in with no data"), std::string::npos) << ended.out << receipts;
}

// An etcd that somebody else runs, on free ports of 127.0.0.1.
class EndpointsRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto binary = find_program("etcd");
    if (!binary) GTEST_SKIP() << "needs etcd";
    std::string peer;
    {
      const Socket one = bound_socket(), two = bound_socket();
      address_ = address_of(one);
      peer = address_of(two);
    }
    std::vector<std::string> command = {*binary,
                                        "--data-dir=" + (scratch_.path() / "data").string(),
                                        "--listen-client-urls=http://" + address_,
                                        "--advertise-client-urls=http://" + address_,
                                        "--listen-peer-urls=http://" + peer,
                                        "--initial-advertise-peer-urls=http://" + peer,
                                        "--initial-cluster=default=http://" + peer,
                                        "--logger=zap",
                                        "--log-outputs=" + (scratch_.path() / "log").string()};
    std::vector<char*> argv;
    for (auto& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, 1);
    dup2(nowhere, 2);
    execv(argv[0], argv.data());
    _exit(127);
  }
  void TearDown() override {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Ended run(std::vector<std::string> flags) {
    flags.insert(flags.begin(), {"run", "etcd", "--endpoints", address_, "--out",
                                 (scratch_.path() / "runs").string(), "--time", "4s"});
    return tribunal(flags);
  }

  Scratch scratch_;
  std::string address_;
  pid_t pid_ = -1;
};

TEST_F(EndpointsRunTest, TwoRunsOneAfterTheOtherAreBothSatisfied) {
  for (int i = 0; i < 2; ++i) {
    const auto ended = run({"--seed", "3"});
    EXPECT_EQ(ended.status, 0) << ended.out;
    EXPECT_NE(ended.out.find("No fault was asked for"), std::string::npos) << ended.out;
  }
}

TEST_F(EndpointsRunTest, FaultsAndWhatIsNotServedAreRefusedByName) {
  const auto faults = run({"--faults", "kill"});
  EXPECT_EQ(faults.status, 64) << faults.out;
  EXPECT_NE(faults.out.find("--faults kill"), std::string::npos) << faults.out;
  EXPECT_EQ(run({"--schedule", "kill-during-partition"}).status, 64);
  EXPECT_EQ(run({"--nodes", "3"}).status, 64);
  EXPECT_EQ(run({"--set", "snapshot-count=100"}).status, 64);
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() / "runs"));
}

// A server that is not what it seems keeps no secret out of the run folder: nothing there, or in
// what is printed, has the password.
TEST_F(EndpointsRunTest, NoSecretIsWrittenDown) {
  if (!find_program("python3")) GTEST_SKIP() << "needs python3";
  const auto file = scratch_.path() / "echo.yaml", secret = scratch_.path() / "secret.yaml";
  std::ofstream(scratch_.path() / "echo.py")
      << "import json, sys\nopening = json.loads(sys.stdin.readline())\n"
         "print(json.dumps({'tribunal': 1, 'calls': ['read', 'write']}), flush=True)\n"
         "for line in sys.stdin:\n    call = json.loads(line)\n    print(json.dumps({'id': "
         "call['id'], 'outcome': 'failed', 'error': 'no way in by ' + "
         "opening['access'].get('password', 'nothing')} if call['call'] == 'write' else {'id': "
         "call['id'], 'outcome': 'ok', 'value': None}), flush=True)\n";
  std::ofstream(file) << "name: echo\nclient: {adapter: [python3, \"{{folder}}/echo.py\"]}\n";
  std::ofstream(secret) << "password: moon-and-stars\n";
  const auto runs = scratch_.path() / "runs";
  const auto ended =
      tribunal({"run", file.string(), "--workload", "read-write", "--endpoints", address_,
                "--access-file", secret.string(), "--time", "2s", "--out", runs.string()});
  EXPECT_EQ(ended.status, 2) << ended.out;  // no write was acknowledged
  EXPECT_EQ(ended.out.find("moon-and-stars"), std::string::npos);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(runs)) {
    if (!entry.is_regular_file() || entry.is_symlink()) continue;
    ++files;
    EXPECT_EQ(read_file(entry.path()).find("moon-and-stars"), std::string::npos) << entry.path();
  }
  EXPECT_GT(files, 5u);
  EXPECT_NE(read_file(run_folder(runs) / "history.jsonl").find("no way in by ***"),
            std::string::npos);
}

}  // namespace
}  // namespace tribunal
