// Whatever an adapter does, the harness gets an outcome that is true, in time, and keeps no
// process.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fstream>
#include <sstream>
#include <thread>

#include "clients/adapter/client.h"
#include "harness/record/error.h"
#include "tests/clients/attempt.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

constexpr const char* hello = "echo '{\"tribunal\":1,\"calls\":[\"read\",\"write\"]}'\n";

class AdapterTest : public ::testing::Test {
 protected:
  // A client whose adapter is this shell script; it has `$n`, the id of the last call, after
  // `next`.
  std::unique_ptr<Client> adapter(const std::string& script, Milliseconds timeout) {
    const auto file = scratch_.path() / "adapter";
    std::ofstream(file) << "#!/bin/sh\necho $$ >> " << pids().string()
                        << "\nn=0\nnext() { read -r line && n=$((n+1)); }\n"
                        << "answer() { echo \"{\\\"id\\\":$n,\\\"outcome\\\":\\\"$1\\\",$2}\"; }\n"
                        << "read -r opening\n"
                        << script;
    chmod(file.c_str(), 0755);
    Deployment deployment;
    deployment.call_timeout = timeout;
    deployment.access.password = "moon1";
    deployment.notes->set("logs", scratch_.path().string());
    return connect_adapter({file.string()}, "127.0.0.1:1", deployment);
  }
  // One that has all the time of the test.
  std::unique_ptr<Client> adapter(const std::string& script) {
    return adapter(script, std::chrono::seconds(60));
  }

  std::filesystem::path pids() const { return scratch_.path() / "pids"; }
  std::vector<int> processes() const {
    std::ifstream file(pids());
    std::vector<int> all;
    for (int pid = 0; file >> pid;) all.push_back(pid);
    return all;
  }
  void expect_all_gone() const {
    for (const int pid : processes()) EXPECT_NE(kill(pid, 0), 0) << pid;
  }
  std::string log() const {
    std::ostringstream text;
    text << std::ifstream(scratch_.path() / "adapter.log").rdbuf();
    return text.str();
  }

  Scratch scratch_;
};

TEST_F(AdapterTest, ServesCalls) {
  auto client = adapter(std::string(hello) +
                        "echo to the log >&2\n"
                        "next; answer ok '\"version\":4'\n"
                        "next; answer ok '\"value\":5'\n"
                        "next; answer failed '\"error\":\"no moon1\"'\n"
                        "next; answer unknown '\"error\":\"who knows\"'\n"
                        "next; answer unknown '\"error\":\"who knows\"'\nread -r line\n");
  EXPECT_EQ(attempt(*client, Write{1, 5, {}}).outcome, Outcome::ok);
  const auto read = attempt(*client, Read{1, {}, {}});
  ASSERT_EQ(read.outcome, Outcome::ok) << read.error;
  EXPECT_EQ(std::get<Read>(read.call).value, 5);
  const auto refused = attempt(*client, Write{1, 6, {}});
  EXPECT_EQ(refused.outcome, Outcome::failed);
  EXPECT_EQ(refused.error, "no ***");
  EXPECT_EQ(attempt(*client, Write{1, 6, {}}).outcome, Outcome::unknown);
  EXPECT_EQ(attempt(*client, Read{1, {}, {}}).outcome, Outcome::failed);  // had no effect anyway
  client.reset();
  EXPECT_EQ(processes().size(), 1u);
  expect_all_gone();
  EXPECT_EQ(log(), "to the log\n");
}

TEST_F(AdapterTest, WhatItDoesNotServeIsNotSent) {
  auto client = adapter(std::string(hello) + "next; answer ok '\"value\":5'\nread -r line\n");
  EXPECT_EQ(attempt(*client, Cas{1, 2, 3, {}}).outcome, Outcome::failed);
  EXPECT_EQ(attempt(*client, Read{1, {}, {}}).outcome, Outcome::ok);
}

TEST_F(AdapterTest, OneThatDiesInACallLeavesItUnknownAndIsStartedAgain) {
  auto client = adapter(std::string(hello) + "next; exit 3\n");
  const auto lost = attempt(*client, Write{1, 5, {}});
  EXPECT_EQ(lost.outcome, Outcome::unknown);
  EXPECT_NE(lost.error.find("exit code 3"), std::string::npos) << lost.error;
  EXPECT_EQ(attempt(*client, Read{1, {}, {}}).outcome, Outcome::failed);
  EXPECT_EQ(processes().size(), 2u);
  client.reset();
  expect_all_gone();
}

TEST_F(AdapterTest, OneThatDiesBeforeACallFailsIt) {
  auto client = adapter("exit 3\n");
  const auto refused = attempt(*client, Write{1, 5, {}});
  EXPECT_EQ(refused.outcome, Outcome::failed);
  EXPECT_NE(refused.error.find("exit code 3"), std::string::npos) << refused.error;
}

TEST_F(AdapterTest, OneThatDiesSaysWhyByTheLastLineOfItsStandardError) {
  auto client = adapter(std::string(hello) +
                        "next; echo Traceback: >&2; echo 'no such file: moon1' >&2; exit 3\n");
  const auto lost = attempt(*client, Write{1, 5, {}});
  EXPECT_EQ(lost.error, "the adapter ended (exit code 3: no such file: ***)");
  try {
    ask_adapter({"/bin/sh", "-c", "echo out of order >&2; exit 1"}, std::chrono::seconds(30));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("out of order"), std::string::npos) << error.what();
  }
}

TEST_F(AdapterTest, OneThatComplainsWithoutEndStillAnswersAndDoesNotFillTheDisk) {
  auto client = adapter(std::string(hello) +
                        "next; head -c 9000000 /dev/zero | tr '\\0' x >&2; answer ok '\"a\":1'\n"
                        "next; answer ok '\"value\":5'\nread -r line\n");
  EXPECT_EQ(attempt(*client, Write{1, 5, {}}).outcome, Outcome::ok);
  EXPECT_EQ(attempt(*client, Read{1, {}, {}}).outcome, Outcome::ok);
  const auto kept = log();
  EXPECT_GE(kept.size(), std::size_t{8} << 20);
  EXPECT_LE(kept.size(), (std::size_t{8} << 20) + 100);
  EXPECT_NE(kept.find("the rest is not kept"), std::string::npos);
}

TEST_F(AdapterTest, OneThatIsSilentIsKilledAtTheDeadlineWithAllThatItStarted) {
  auto client =
      adapter(std::string(hello) + "next\nsleep 1000 &\necho $! >> " + pids().string() + "\nwait\n",
              Milliseconds(1500));
  const auto lost = attempt(*client, Write{1, 5, {}});
  if (lost.outcome == Outcome::failed) GTEST_SKIP() << "too slow a machine: " << lost.error;
  EXPECT_EQ(lost.outcome, Outcome::unknown);
  EXPECT_EQ(lost.error, "the adapter did not answer in time");
  client.reset();
  for (int i = 0; i < 100 && kill(processes().back(), 0) == 0; ++i) {
    int status = 0;  // the grandchild is init's to reap, or ours where we are its reaper
    waitpid(processes().back(), &status, WNOHANG);
    std::ifstream stat("/proc/" + std::to_string(processes().back()) + "/stat");
    std::string pid, name, state;
    if (stat >> pid >> name >> state && state == "Z") return;
    std::this_thread::sleep_for(Milliseconds(50));
  }
  EXPECT_NE(kill(processes().back(), 0), 0);
}

TEST_F(AdapterTest, OneThatTakesItsTimeToSayHelloIsWaitedForOverSeveralCalls) {
  const auto gate = scratch_.path() / "gate";
  auto client = adapter("until [ -e " + gate.string() + " ]; do sleep 0.01; done\n" + hello +
                            "while next; do answer ok '\"value\":5'; done\n",
                        Milliseconds(300));
  const auto early = attempt(*client, Write{1, 5, {}});
  EXPECT_EQ(early.outcome, Outcome::failed);
  std::ofstream(gate) << "open";
  Outcome outcome = Outcome::failed;
  for (int i = 0; i < 30 && outcome != Outcome::ok; ++i)
    outcome = attempt(*client, Read{1, {}, {}}).outcome;
  EXPECT_EQ(outcome, Outcome::ok);
}

// What a bad answer looks like, all of which lose the call.
class BadAnswers : public AdapterTest, public ::testing::WithParamInterface<const char*> {};

TEST_P(BadAnswers, LoseTheCallAndTheAdapter) {
  auto client = adapter(std::string(hello) + "next\n" + GetParam() + "\nread -r line\n");
  EXPECT_EQ(attempt(*client, Write{1, 5, {}}).outcome, Outcome::unknown);
  client.reset();
  expect_all_gone();
}

INSTANTIATE_TEST_SUITE_P(All, BadAnswers,
                         ::testing::Values("echo garbage", "echo", "n=9; answer ok '\"value\":5'",
                                           "answer done '\"value\":5'", "echo '{\"id\":1}'",
                                           "head -c 5000000 /dev/zero | tr '\\0' x; echo",
                                           "head -c 5000000 /dev/zero | tr '\\0' x; sleep 1000",
                                           "printf '{\"id\":1,'; exit 0", "exec >&-; sleep 1000",
                                           "echo '{\"tribunal\":1,\"calls\":[\"read\"]}'",
                                           "printf '\\377\\376\\n'", "kill -9 $$"));

TEST_F(AdapterTest, TwoLinesForOneCallBreakItBeforeTheNext) {
  auto client = adapter(std::string(hello) +
                        "next; answer ok '\"value\":5'; answer ok '\"value\":5'\nread -r line\n");
  EXPECT_EQ(attempt(*client, Write{1, 5, {}}).outcome, Outcome::ok);
  // The second line is there by now, or comes as the answer to this call and has the wrong id.
  EXPECT_NE(attempt(*client, Write{1, 6, {}}).outcome, Outcome::ok);
}

TEST_F(AdapterTest, AWrongHelloIsNoEffect) {
  for (const char* line : {"echo '{\"tribunal\":7,\"calls\":[\"read\"]}'", "echo starting up",
                           "echo '{\"tribunal\":1,\"calls\":[\"fly\"]}'"}) {
    auto client = adapter(std::string(line) + "\nread -r line\n");
    const auto refused = attempt(*client, Write{1, 5, {}});
    EXPECT_EQ(refused.outcome, Outcome::failed) << line;
    EXPECT_NE(refused.error.find("hello"), std::string::npos) << refused.error;
  }
}

TEST_F(AdapterTest, AProgramThatIsNotThereFailsItsCalls) {
  Deployment deployment;
  auto client = connect_adapter({"/nowhere/adapter"}, "127.0.0.1:1", deployment);
  const auto refused = attempt(*client, Write{1, 5, {}});
  EXPECT_EQ(refused.outcome, Outcome::failed);
  EXPECT_NE(refused.error.find("/nowhere/adapter"), std::string::npos) << refused.error;
}

TEST_F(AdapterTest, AskingSaysWhatItServesOrWhyNot) {
  EXPECT_EQ(
      ask_adapter({"/bin/sh", "-c", std::string("read -r x; ") + hello}, std::chrono::seconds(30))
          .calls,
      (std::vector<std::string>{"read", "write"}));
  try {
    ask_adapter({"/bin/sh", "-c", "read -r x; echo moon"}, std::chrono::seconds(30));
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'moon'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace tribunal
