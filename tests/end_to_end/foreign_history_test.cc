// `tribunal check` on what other tools wrote, as a newcomer types it: text, JSON, reports and exit
// codes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/end_to_end/binary.h"
#include "tests/run/scratch.h"

namespace tribunal {
namespace {

using Json = nlohmann::json;

const std::string edn_begin =
    "{:process 0, :type :invoke, :f :write, :value 1}\n"
    "{:process 0, :type :ok, :f :write, :value 1}\n"
    "{:process 1, :type :invoke, :f :write, :value 2}\n"
    "{:process 1, :type :ok, :f :write, :value 2}\n"
    "{:process 2, :type :invoke, :f :read, :value nil}\n";
const std::string edn_fresh = edn_begin + "{:process 2, :type :ok, :f :read, :value 2}\n";
const std::string edn_stale = edn_begin + "{:process 2, :type :ok, :f :read, :value 1}\n";
const std::string vector_style = "[" + edn_stale + "]";
const std::string json_list =
    R"([{"process":0,"type":"invoke","f":"write","value":1},{"process":0,"type":"ok","f":"write","value":1},)"
    R"({"process":1,"type":"invoke","f":"read","value":null},{"process":1,"type":"ok","f":"read","value":7}])";
const std::string log =
    "INFO  jepsen.util - 0\t:invoke\t:write\t1\nINFO  jepsen.util - 0\t:ok\t:write\t1\n"
    "INFO  jepsen.util - 1\t:invoke\t:read\tnil\nINFO  jepsen.util - 1\t:ok\t:read\t7\n";

Ended judged(const std::string& history, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"check",        "-",       "--checker",
                                        "linearizable", "--model", "cas-register"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return tribunal(arguments, history);
}

bool says(const Ended& ended, const std::string& words) {
  return ended.out.find(words) != ended.out.npos;
}

TEST(ForeignHistory, OfEveryFormatIsConvictedAndExplained) {
  for (const auto& history : {edn_stale, vector_style, json_list, log}) {
    const auto ended = judged(history);
    EXPECT_EQ(ended.status, 1) << ended.out;
    EXPECT_TRUE(says(ended, "VIOLATED  linearizable")) << ended.out;
    EXPECT_TRUE(says(ended, "|-- read -> ")) << ended.out;
    EXPECT_TRUE(says(ended, "impossible since event ")) << ended.out;
  }
  const auto ended = judged(edn_fresh);
  EXPECT_EQ(ended.status, 0) << ended.out;
  EXPECT_TRUE(says(ended, "read 3 operations of 3 processes in ")) << ended.out;
}

TEST(ForeignHistory, AModelAloneNamesTheChecker) {
  EXPECT_EQ(tribunal({"check", "-", "--model", "register"}, edn_stale).status, 1);
  EXPECT_EQ(tribunal({"check", "-", "--model", "register"}, edn_fresh).status, 0);
}

TEST(ForeignHistory, JsonIsALineAVerdict) {
  const auto ended = judged(edn_stale, {"--json"});
  EXPECT_EQ(ended.status, 1);
  ASSERT_EQ(std::count(ended.out.begin(), ended.out.end(), '\n'), 1) << ended.out;
  const auto verdict = Json::parse(ended.out);
  EXPECT_EQ(verdict.at("verdict"), "violated");
  EXPECT_EQ(verdict.at("checker"), "linearizable");
  EXPECT_NE(verdict.at("algorithm"), "");
  EXPECT_EQ(verdict.at("operations"), 3);
  EXPECT_TRUE(verdict.at("seconds").at("parsing").is_number());
  EXPECT_TRUE(verdict.at("seconds").at("checking").is_number());
  const auto& evidence = verdict.at("evidence").at(0);
  EXPECT_EQ(evidence.at("impossible_at"), 5);
  EXPECT_GE(evidence.at("exhibits").size(), 2U);
  EXPECT_NE(evidence.at("sentence"), "");
  const auto both = tribunal(
      {"check", "-", "--checker", "linearizable-register", "--checker", "progress", "--json"},
      edn_fresh);
  std::istringstream lines(both.out);
  std::string first, second;
  ASSERT_TRUE(std::getline(lines, first) && std::getline(lines, second)) << both.out;
  EXPECT_EQ(Json::parse(first).at("checker"), "linearizable-register");
  EXPECT_EQ(Json::parse(second).at("checker"), "progress");
}

TEST(ForeignHistory, KeysInTheValuesAreFoundToldOrDenied) {
  const std::string tuples =
      "{:process 0, :type :invoke, :f :write, :value [1 5]}\n"
      "{:process 0, :type :ok, :f :write, :value [1 5]}\n"
      "{:process 1, :type :invoke, :f :read, :value [2 nil]}\n"
      "{:process 1, :type :ok, :f :read, :value [2 nil]}\n"
      "{:process 1, :type :invoke, :f :read, :value [1 nil]}\n"
      "{:process 1, :type :ok, :f :read, :value [1 5]}\n";
  EXPECT_EQ(judged(tuples).status, 0);
  EXPECT_EQ(judged(tuples, {"--keyed"}).status, 0);
  EXPECT_EQ(judged(tuples, {"--unkeyed"}).status, 1);  // [2 nil] is then a value nobody wrote
  const auto both = judged(tuples, {"--keyed", "--unkeyed"});
  EXPECT_EQ(both.status, 64) << both.out;
  const auto none = judged(edn_fresh, {"--keyed"});
  EXPECT_EQ(none.status, 64) << none.out;
  EXPECT_TRUE(says(none, "standard input:1:")) << none.out;
  EXPECT_TRUE(says(none, "leave out --keyed")) << none.out;
  const std::string lines = R"({"process":0,"type":"invoke","f":"write","value":[1,5]})"
                            "\n"
                            R"({"process":0,"type":"ok","f":"write","value":[1,5]})"
                            "\n"
                            R"({"process":1,"type":"invoke","f":"read","value":[1,null]})"
                            "\n"
                            R"({"process":1,"type":"ok","f":"read","value":[1,5]})"
                            "\n";
  EXPECT_EQ(judged(lines, {"--keyed"}).status, 0);
}

TEST(ForeignHistory, AnInitialValueIsANumberATextOrAList) {
  const auto read = [](const std::string& value, const std::string& initial) {
    return judged(
        "{:process 0 :type :invoke :f :read :value nil}\n"
        "{:process 0 :type :ok :f :read :value " +
            value + "}\n",
        {"--initial", initial});
  };
  EXPECT_EQ(read("0", "0").status, 0);
  EXPECT_EQ(read("-3", "-3").status, 0);
  EXPECT_EQ(read("\"a b\"", "\"a b\"").status, 0);
  EXPECT_EQ(read("[1 2]", "[1, 2]").status, 0);
  EXPECT_EQ(read("1", "0").status, 1);
  EXPECT_EQ(read("1", "nil").status, 1);
  EXPECT_TRUE(says(read("1", "1 2"), "--initial:1:3: '2' follows the value"));
  EXPECT_TRUE(says(read("1", "[1"), "--initial:1:3: "));
  EXPECT_EQ(read("1", "[1").status, 64);
}

TEST(ForeignHistory, ReportsAreWrittenOfABareHistory) {
  const Scratch scratch;
  const auto html = scratch.path() / "deep" / "report.html", junit = scratch.path() / "junit.xml";
  const auto ended = judged(edn_stale, {"--html", html.string(), "--junit", junit.string()});
  EXPECT_EQ(ended.status, 1) << ended.out;
  std::ostringstream page;
  page << std::ifstream(html).rdbuf();
  EXPECT_NE(page.str().find("VIOLATED"), std::string::npos);
  EXPECT_NE(page.str().find("cas-register"), std::string::npos);
  EXPECT_GT(std::filesystem::file_size(junit), 100U);
}

TEST(ForeignHistory, WhatDoesNotFitTheModelIsRefused) {
  const auto ended = tribunal({"check", "-", "--model", "mutex"}, edn_fresh);
  EXPECT_EQ(ended.status, 64);
  EXPECT_TRUE(says(ended, "write")) << ended.out;
  EXPECT_TRUE(says(ended, "fix: ")) << ended.out;
  const auto unknown = tribunal({"check", "-", "--model", "regster"}, edn_fresh);
  EXPECT_EQ(unknown.status, 64);
  EXPECT_TRUE(says(unknown, "cas-register")) << unknown.out;
}

TEST(ForeignHistory, MistakesOfFlagsAndFilesAreNamed) {
  const auto refused = [](std::vector<std::string> more, int status, const std::string& words) {
    const auto ended = judged(edn_fresh, std::move(more));
    EXPECT_EQ(ended.status, status) << ended.out;
    EXPECT_TRUE(says(ended, words)) << ended.out;
    EXPECT_LT(ended.out.size(), 2000U);
  };
  refused({"--option", "speed"}, 64, "--option: 'speed'");
  refused({"--option", "speed=3"}, 64, "speed");
  refused({"--check-time", "soon"}, 64, "--check-time");
  refused({"--check-memory", "much"}, 64, "--check-memory");
  refused({"--html", "/proc/absent/report.html"}, 3, "/proc/absent");
  const auto completions =
      tribunal({"check", "-", "--model", "register"}, "{:process 0 :type :ok :f :read :value 1}");
  EXPECT_EQ(completions.status, 64);
  EXPECT_TRUE(says(completions, "standard input:1:11: process 0 completes a call"))
      << completions.out;
  const Scratch scratch;
  const auto packed = scratch.path() / "cut.edn.gz";
  std::ofstream(packed) << "\x1f\x8b\x08";
  const auto cut = tribunal({"check", packed.string(), "--model", "register"});
  EXPECT_EQ(cut.status, 64);
  EXPECT_TRUE(says(cut, "cannot unpack")) << cut.out;
}

TEST(ForeignHistory, ModelsAreListed) {
  const auto ended = tribunal({"list", "models"});
  EXPECT_EQ(ended.status, 0);
  for (const char* name : {"cas-register", "fifo-queue", "multi-register", "mutex"}) {
    EXPECT_TRUE(says(ended, name)) << ended.out;
  }
}

}  // namespace
}  // namespace tribunal
