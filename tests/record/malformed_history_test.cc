// Each way in which a history may be wrong has one clear message, with its place.
#include <gtest/gtest.h>

#include <string>

#include "harness/record/error.h"
#include "harness/record/history_file.h"

namespace tribunal {
namespace {

const std::string invoke = R"({"process":0,"type":"invoke","f":"write","key":3,"value":17})"
                           "\n";

struct Complaint {
  std::string what, fix;
};

Complaint complaint_about(const std::string& text) {
  try {
    parse_history(text, "h");
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    EXPECT_NE(error.fix(), "");
    return {error.what(), error.fix()};
  }
  ADD_FAILURE() << "accepted: " << text.substr(0, 200);
  return {};
}

TEST(MalformedHistory, NotJson) {
  EXPECT_EQ(complaint_about(invoke + "hello\n").what,
            "h:2:1: this line is no valid JSON near 'hello'");
  EXPECT_EQ(complaint_about(R"({"process":0,"type":"invoke","f":"read"} x)"
                            "\n")
                .what,
            "h:1:42: this line is no valid JSON near 'x'");
  EXPECT_EQ(complaint_about(R"({"process":0,"type":"invoke","f":"read","later":tru})"
                            "\n")
                .what,
            "h:1:52: this line is no valid JSON near '}'");
  EXPECT_EQ(complaint_about(R"({"process":0,)"
                            "\n")
                .what,
            "h:1:14: this line is no valid JSON at its end");
}

TEST(MalformedHistory, NoObject) {
  EXPECT_EQ(complaint_about("[1]\n").what, "h:1:1: this line is no JSON object: [1]");
}

TEST(MalformedHistory, AnEmptyLine) {
  EXPECT_EQ(complaint_about(invoke + "\n").what, "h:2:1: this line is empty");
}

TEST(MalformedHistory, AFieldOfTheWrongType) {
  const auto time = complaint_about(R"({"process":0,"type":"invoke","f":"read","time":"soon"})"
                                    "\n");
  EXPECT_EQ(time.what, "h:1:48: the field 'time' is \"soon\"");
  EXPECT_EQ(time.fix, "it must be an integer from 0 to 9223372036854775806");
  EXPECT_EQ(complaint_about(R"({"process":-1,"type":"invoke","f":"read"})"
                            "\n")
                .what,
            "h:1:12: the field 'process' is -1");
  EXPECT_EQ(complaint_about(R"({"process":0,"type":"invoke","f":["read"]})"
                            "\n")
                .what,
            "h:1:34: the field 'f' is [");
  EXPECT_EQ(complaint_about(R"({"process":0,"type":"invoke","f":"read","node":5 })"
                            "\n")
                .what,
            "h:1:48: the field 'node' is 5");
}

TEST(MalformedHistory, AMissingField) {
  EXPECT_EQ(complaint_about(R"({"process":0,"type":"invoke"})"
                            "\n")
                .what,
            "h:1:1: the field 'f' is missing");
  EXPECT_EQ(complaint_about(R"({"type":"invoke","f":"read"})"
                            "\n")
                .what,
            "h:1:1: the field 'process' is missing");
  EXPECT_EQ(complaint_about(R"({"process":0,"f":"read"})"
                            "\n")
                .what,
            "h:1:1: the field 'type' is missing");
}

TEST(MalformedHistory, AFieldGivenTwice) {
  EXPECT_EQ(complaint_about(R"({"process":0,"process":1,"type":"invoke","f":"read"})"
                            "\n")
                .what,
            "h:1:24: the field 'process' is given twice");
}

TEST(MalformedHistory, AnUnknownType) {
  const auto complaint = complaint_about(R"({"process":0,"type":"INVOKE","f":"read"})"
                                         "\n");
  EXPECT_EQ(complaint.what, "h:1:21: the field 'type' is \"INVOKE\"");
  EXPECT_EQ(complaint.fix, "it must be \"invoke\", \"ok\", \"fail\" or \"info\"");
}

TEST(MalformedHistory, InvalidUtf8) {
  EXPECT_EQ(complaint_about("{\"process\":0,\"type\":\"\xff\"}\n").what,
            "h:1:22: this line is no valid UTF-8 near '\\xff\"}'");
}

TEST(MalformedHistory, ZeroBytes) {
  EXPECT_EQ(complaint_about(invoke + std::string(3, '\0') + "\n").what,
            "h:2:1: this line is no valid JSON near '\\x00\\x00\\x00'");
}

TEST(MalformedHistory, ACompletionWithoutInvocation) {
  EXPECT_EQ(complaint_about(R"({"process":4,"type":"ok","f":"read"})"
                            "\n")
                .what,
            "h:1:12: process 4 completes a call that it did not invoke");
}

TEST(MalformedHistory, ASecondInvocationOfABusyProcess) {
  EXPECT_EQ(complaint_about(invoke + invoke).what,
            "h:2:12: process 0 invokes while its call of record 0 is open");
}

TEST(MalformedHistory, AnInvocationAfterALostAnswer) {
  const std::string lost = R"({"process":0,"type":"info","f":"write"})"
                           "\n";
  EXPECT_EQ(complaint_about(invoke + lost + invoke).what,
            "h:3:12: process 0 invokes after an answer of its was lost (info)");
  EXPECT_EQ(complaint_about(invoke + lost + lost).what,
            "h:3:12: process 0 completes a call that it did not invoke");
}

TEST(MalformedHistory, ACompletionOfAnotherCall) {
  EXPECT_EQ(complaint_about(invoke + R"({"process":0,"type":"ok","f":"read"})"
                                     "\n")
                .what,
            "h:2:30: process 0 completes 'read' but invoked 'write'");
  EXPECT_EQ(complaint_about(invoke + R"({"process":0,"type":"ok","f":"write","key":4})"
                                     "\n")
                .what,
            "h:2:44: process 0 completes a call to key 4 but invoked one to key 3");
  EXPECT_EQ(complaint_about(invoke + R"({"process":0,"type":"ok","f":"write","value":18})"
                                     "\n")
                .what,
            "h:2:46: process 0 completes '18' but invoked 'write 3 17'");
}

TEST(MalformedHistory, ACasWithoutItsTwoValues) {
  EXPECT_EQ(complaint_about(R"({"process":0,"type":"invoke","f":"cas","value":[1]})"
                            "\n")
                .what,
            "h:1:48: the value of a cas must be a list of two");
}

TEST(MalformedHistory, TheWrongOrder) {
  const std::string first = R"({"index":5,"time":70,"process":0,"type":"invoke","f":"read"})"
                            "\n";
  EXPECT_EQ(complaint_about(first + R"({"index":5,"process":1,"type":"invoke","f":"read"})"
                                    "\n")
                .what,
            "h:2:10: the index runs backwards: 5 after 5");
  EXPECT_EQ(complaint_about(first + R"({"time":69,"process":1,"type":"invoke","f":"read"})"
                                    "\n")
                .what,
            "h:2:9: the time runs backwards: 69 after 70");
}

TEST(MalformedHistory, ANemesisThatInvokes) {
  EXPECT_EQ(complaint_about(R"({"process":"nemesis","type":"invoke","f":"start-kill"})"
                            "\n")
                .what,
            "h:1:29: a record of the nemesis has the type 'invoke'");
}

TEST(MalformedHistory, TooDeepNesting) {
  const auto nested = [](std::size_t depth) {
    return R"({"process":0,"type":"invoke","f":"write","value":)" + std::string(depth, '[') +
           std::string(depth, ']') + "}\n";
  };
  EXPECT_EQ(parse_history(nested(64), "h").operations.size(), 1U);
  EXPECT_EQ(complaint_about(nested(65)).what, "h:1:114: values are nested more than 64 deep");
  EXPECT_NE(complaint_about("{\"x\":" + std::string(1 << 20, '[') + "\n").what, "");
}

TEST(MalformedHistory, TooManyFunctions) {
  std::string text;
  for (int i = 0; i < 201; ++i) {
    text += R"({"process":)" + std::to_string(i) + R"(,"type":"invoke","f":"f)" +
            std::to_string(i) + "\"}\n";
  }
  EXPECT_EQ(complaint_about(text).what.substr(0, 8), "h:201:36");
}

TEST(MalformedHistory, TenMegabytesOnALineAreNotEchoed) {
  for (const char c : {'x', '\x01', '[', '"', '\xe2'}) {
    const auto complaint = complaint_about(invoke + std::string(10'000'000, c) + "\n");
    EXPECT_EQ(complaint.what.substr(0, 4), "h:2:");
    EXPECT_LT(complaint.what.size(), 200U);
    for (const char shown : complaint.what) EXPECT_TRUE(shown >= 0x20 && shown < 0x7f);
  }
}

}  // namespace
}  // namespace tribunal
