// The conformance check passes the examples, and convicts each of them once a lie is put into it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "clients/adapter/client.h"
#include "clients/adapter/conformance.h"
#include "harness/cluster/command.h"
#include "harness/record/run_folder.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

// A memcached on a free port of 127.0.0.1, gone with its owner.
class RealMemcached {
 public:
  RealMemcached() {
    {
      const Socket free = bound_socket();
      address_ = address_of(free);
    }
    const std::string program = *find_program("memcached"),
                      port = address_.substr(address_.rfind(':') + 1);
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ != 0) return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    execl(program.c_str(), "memcached", "-u", "root", "-l", "127.0.0.1", "-p", port.c_str(),
          nullptr);
    _exit(127);
  }
  ~RealMemcached() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  const std::string& address() const { return address_; }

 private:
  std::string address_;
  pid_t pid_ = -1;
};

class ConformanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!find_program("memcached") || !find_program("python3"))
      GTEST_SKIP() << "needs memcached and python3";
    server_.emplace();
    deployment_.call_timeout = Milliseconds(1000);
    deployment_.notes->set("logs", scratch_.path().string());
    Deployment patient;
    patient.call_timeout = Milliseconds(20'000);
    const auto client = connect_adapter(python({}), server_->address(), patient);
    for (int i = 0; i < 100; ++i) {
      if (attempt(*client, Read{0, {}, {}}).outcome == Outcome::ok) return;
      std::this_thread::sleep_for(Milliseconds(100));
    }
    FAIL() << "memcached does not answer";
  }

  // The example with each first text replaced by the second.
  std::vector<std::string> python(const std::map<std::string, std::string>& lies) {
    std::string text = read_file(std::string(TRIBUNAL_SOURCE) + "/examples/memcached/memcached.py");
    for (const auto& [truth, lie] : lies) {
      const auto at = text.find(truth);
      EXPECT_NE(at, std::string::npos) << truth;
      if (at != std::string::npos) text.replace(at, truth.size(), lie);
    }
    const auto file = scratch_.path() / "adapter.py";
    std::ofstream(file) << text;
    return {"python3", file.string()};
  }

  // What is wrong with it, one line a check.
  std::string wrong(const std::vector<std::string>& command) {
    std::string all;
    base_ += 1000;
    const bool passed = check_adapter(command, server_->address(), deployment_, base_,
                                      [&](const ConformanceCheck& check) {
                                        if (!check.passed)
                                          all += check.what + ": " + check.seen + "\n";
                                      });
    EXPECT_EQ(passed, all.empty());
    return all;
  }

  Scratch scratch_;
  std::optional<RealMemcached> server_;
  Deployment deployment_;
  Key base_ = 1'000'000;
};

TEST_F(ConformanceTest, PassesTheExamples) {
  EXPECT_EQ(wrong(python({})), "");
  if (find_program("bash")) {
    EXPECT_EQ(wrong({"bash", std::string(TRIBUNAL_SOURCE) + "/examples/memcached/memcached.sh"}),
              "");
  }
}

// As one does that looks for the primary: it takes another address than its own.
TEST_F(ConformanceTest, PassesOneThatGoesByTheAddressesOfAll) {
  deployment_.addresses = {"127.0.0.1:1", server_->address()};
  EXPECT_EQ(wrong(python({{"opening[\"address\"]", "opening[\"addresses\"][1]"}})), "");
}

TEST_F(ConformanceTest, ConvictsOneThatCallsALostAnswerFailedByTheAddressesOfAll) {
  deployment_.addresses = {"127.0.0.1:1", server_->address()};
  const auto said = wrong(python(
      {{"opening[\"address\"]", "opening[\"addresses\"][1]"}, {"\"unknown\"", "\"failed\""}}));
  EXPECT_NE(said.find("it took effect: a lost answer is unknown"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatCallsALostAnswerFailed) {
  const auto said = wrong(python({{"\"unknown\"", "\"failed\""}}));
  EXPECT_NE(said.find("it took effect: a lost answer is unknown"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatCallsALostAnswerOk) {
  const auto said = wrong(python({{"\"outcome\": \"unknown\"", "\"outcome\": \"ok\""}}));
  EXPECT_NE(said.find("no answer has reached it"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatKeepsAConnectionOnWhichACallWasGivenUp) {
  const auto said =
      wrong(python({{"connection.close()  # so that the late answer cannot pass for the next one\n"
                     "        connection = None",
                     "answers = connection.makefile('rb')"}}));
  EXPECT_NE(said.find("late"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatReadsNothingAsZero) {
  const auto said =
      wrong(python({{"return {\"value\": value}", "return {\"value\": value or 0}"}}));
  EXPECT_NE(said.find("must read as null"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatSwapsWhateverIsThere) {
  const auto said = wrong(
      python({{"if value != call[\"from\"]: raise Failed(\"value did not match\")", "pass"}}));
  EXPECT_NE(said.find("compare-and-set"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatMixesUpKeys) {
  const auto said = wrong(python({{"f\"register-{call['key']}\"", "\"register\""}}));
  EXPECT_NE(said.find("registers"), std::string::npos) << said;
}

TEST_F(ConformanceTest, ConvictsOneThatStaysWhenItsInputEnds) {
  const auto said = wrong(python({{"for line in sys.stdin:\n",
                                   "import itertools\nfor line in itertools.chain(sys.stdin, "
                                   "iter(lambda: time.sleep(1000), 1)):\n"}}));
  EXPECT_NE(said.find("still ran"), std::string::npos) << said;
}

}  // namespace
}  // namespace tribunal
