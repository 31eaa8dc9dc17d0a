// Bad input gets one clear error and the right exit code, and nothing is lost or left running.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

const char* const good =
    R"({"index":0,"time":1,"process":0,"type":"invoke","f":"write","key":0,"value":1,"node":"n1"})"
    "\n"
    R"({"index":1,"time":2,"process":0,"type":"ok","f":"write","key":0,"value":1,"node":"n1"})"
    "\n"
    R"({"index":2,"time":3,"process":1,"type":"invoke","f":"read","key":0,"value":null,"node":"n2"})"
    "\n";
const char* const fresh =
    R"({"index":3,"time":4,"process":1,"type":"ok","f":"read","key":0,"value":1,"node":"n2"})"
    "\n";
const char* const stale =
    R"({"index":3,"time":4,"process":1,"type":"ok","f":"read","key":0,"value":null,"node":"n2"})"
    "\n";

Ended check(const std::string& history) {
  return tribunal({"check", "-", "--checker", "linearizable-register"}, history);
}

// One message and one fix, no stack trace, and no more than a screenful.
void expect_clear(const Ended& ended, int status, const std::string& words) {
  EXPECT_EQ(ended.status, status) << ended.out;
  EXPECT_NE(ended.out.find(words), std::string::npos) << ended.out;
  EXPECT_LT(ended.out.size(), 2000u);
  EXPECT_EQ(ended.out.find("terminate called"), std::string::npos) << ended.out;
}

TEST(Check, AFreshReadIsSatisfiedAndAStaleOneConvicted) {
  EXPECT_EQ(check(std::string(good) + fresh).status, 0);
  const auto convicted = check(std::string(good) + stale);
  EXPECT_EQ(convicted.status, 1);
  EXPECT_NE(convicted.out.find("VIOLATED"), std::string::npos) << convicted.out;
}

TEST(Check, NothingReadIsNoPass) { EXPECT_EQ(check(good).status, 2); }

TEST(Check, AnInitialValueIsTold) {
  const std::string read = R"({"time":1,"process":0,"type":"invoke","f":"read","value":null})"
                           "\n"
                           R"({"time":2,"process":0,"type":"ok","f":"read","value":0})"
                           "\n";
  EXPECT_EQ(tribunal({"check", "-", "--checker", "linearizable-register"}, read).status, 1);
  EXPECT_EQ(
      tribunal({"check", "-", "--checker", "linearizable-register", "--initial", "0"}, read).status,
      0);
}

TEST(Check, JsonIsForMachines) {
  const auto ended = tribunal({"check", "-", "--checker", "linearizable-register", "--json"},
                              std::string(good) + stale);
  EXPECT_EQ(ended.status, 1);
  EXPECT_EQ(ended.out.front(), '{');
  EXPECT_NE(ended.out.find("\"violated\""), std::string::npos);
}

TEST(Check, JunitAndSummaryAreWritten) {
  const Scratch scratch;
  const auto junit = scratch.path() / "deep" / "junit.xml", summary = scratch.path() / "summary.md";
  std::ofstream(scratch.path() / "history.jsonl") << good << stale;
  const auto ended =
      tribunal({"check", (scratch.path() / "history.jsonl").string(), "--checker",
                "linearizable-register", "--junit", junit.string(), "--summary", summary.string()});
  EXPECT_EQ(ended.status, 1) << ended.out;
  EXPECT_TRUE(std::filesystem::exists(junit));
  EXPECT_TRUE(std::filesystem::exists(summary));
}

TEST(Export, WhatItWritesAsEdnIsJudgedTheSame) {
  const auto edn = tribunal({"export", "-"}, std::string(good) + stale);
  EXPECT_EQ(edn.status, 0) << edn.out;
  EXPECT_EQ(tribunal({"check", "-", "--checker", "linearizable-register"}, edn.out).status, 1)
      << edn.out;
}

TEST(Check, AModelIsNamed) {
  const auto judged = [](const std::string& answer) {
    return tribunal({"check", "-", "--checker", "linearizable", "--model", "cas-register"},
                    good + answer);
  };
  const std::string nowhere =
      R"({"index":3,"time":4,"process":1,"type":"ok","f":"read","key":0,"value":9,"node":"n2"})"
      "\n";
  EXPECT_EQ(judged(nowhere).status, 1);
  EXPECT_EQ(judged(fresh).status, 0);
  EXPECT_EQ(tribunal({"check", "-", "--checker", "linearizable"}, good).status, 64);
}

TEST(BadInput, HistoriesAreNamedByLine) {
  expect_clear(check(fresh), 64, "standard input:1");
  expect_clear(check(std::string(good) + "{\"index\":3,\"time\"\n" + fresh), 64, ":4");
  expect_clear(check("\xff\xfe\n"), 64, ":1");
  expect_clear(check(std::string(10'000'000, 'x') + "\n"), 64, ":1");
  expect_clear(check(std::string(good) + good), 64, ":4");
}

TEST(BadInput, ATruncatedLastLineIsLeftOut) {
  EXPECT_EQ(check(std::string(good) + fresh + R"({"index":4,"ti)").status, 0);
}

TEST(BadInput, UnknownNamesAreAnsweredWithTheKnownOnes) {
  expect_clear(tribunal({"run", "etdc"}), 64, "etcd");
  expect_clear(tribunal({"run", "etcd", "--workload", "banc"}), 64, "register");
  expect_clear(tribunal({"run", "etcd", "--faults", "meteor"}), 64, "partition");
  expect_clear(tribunal({"check", "-", "--checker", "linearisable"}, good), 64,
               "linearizable-register");
  expect_clear(tribunal({"list", "planets"}), 64, "databases");
  EXPECT_EQ(tribunal({"fly"}).status, 64);
  EXPECT_EQ(tribunal({"run", "etcd", "--wings", "2"}).status, 64);
  EXPECT_EQ(tribunal({}).status, 64);
}

TEST(BadInput, MissingThingsAreNamed) {
  expect_clear(tribunal({"run", "etcd", "--binary", "/absent/etcd"}), 3, "/absent/etcd");
  expect_clear(tribunal({"run", "absent.yaml"}), 64, "absent.yaml");
  expect_clear(tribunal({"check", "/absent/history.jsonl", "--checker", "set"}), 64,
               "/absent/history.jsonl");
  expect_clear(tribunal({"report", "/absent"}), 64, "/absent");
  expect_clear(tribunal({"check", "-"}, good), 64, "--checker");
}

TEST(BadInput, MalformedYamlIsNamedByLine) {
  const Scratch scratch;
  const auto spec = scratch.path() / "spec.yaml";
  std::ofstream(spec) << "database: etcd\nnodes: [3\n";
  expect_clear(tribunal({"run", spec.string()}), 64, "spec.yaml:");
}

TEST(List, EveryKindIsListed) {
  const auto ended = tribunal({"list"});
  EXPECT_EQ(ended.status, 0);
  for (const char* name : {"etcd", "register", "partition", "linearizable-register", "html"}) {
    EXPECT_NE(ended.out.find(name), std::string::npos) << name;
  }
}

TEST(Recover, WhatARunThatDiedLeftIsRemovedOnce) {
  const Scratch scratch;
  const auto left = scratch.path() / "tribunal-left";
  std::filesystem::create_directory(scratch.path() / "journal");
  std::ofstream(left) << "x";
  std::ofstream(scratch.path() / "journal" / "dead.journal")
      << R"({"number":1,"kind":"file","what":")" << left.string() << "\"}\n";
  setenv("TRIBUNAL_STATE", scratch.path().c_str(), 1);
  const auto first = tribunal({"recover"}), second = tribunal({"recover"});
  unsetenv("TRIBUNAL_STATE");
  expect_clear(first, 0, "removed: file " + left.string());
  EXPECT_FALSE(std::filesystem::exists(left));
  expect_clear(second, 0, "nothing to recover");
}

}  // namespace
}  // namespace tribunal
