// What a history means, record by record.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "harness/record/error.h"
#include "harness/record/history_file.h"
#include "tests/record/scratch.h"

namespace tribunal {
namespace {

History parse(const std::string& text) { return parse_history(text, "h"); }

TEST(HistoryReader, AnEmptyFileIsAnEmptyHistory) {
  const History history = parse("");
  EXPECT_TRUE(history.operations.empty());
  EXPECT_EQ(history.events, 0U);
  EXPECT_FALSE(history.truncated);
}

TEST(HistoryReader, ARecordSaysWhenWhereAndHowLate) {
  const History history = parse(
      R"({"index":0,"time":9000,"intended":2000,"process":7,"type":"invoke","f":"write","key":3,"value":17,"node":"n2"}
{"index":1,"time":9500,"process":7,"type":"ok","f":"write","key":3,"value":17,"node":"n2"}
)");
  ASSERT_EQ(history.operations.size(), 1U);
  const Operation& write = history.operations[0];
  EXPECT_EQ(write.invoked_at, 9000);
  EXPECT_EQ(write.completed_at, 9500);
  EXPECT_EQ(write.began, 0U);
  EXPECT_EQ(write.ended, 1U);
  EXPECT_EQ(write.late_us, 7U);
  EXPECT_EQ(write.process, 7U);
  EXPECT_EQ(write.key, Value::integer(3));
  EXPECT_EQ(write.value, Value::integer(17));
  EXPECT_EQ(history.nodes.at(write.node), "n2");
  EXPECT_TRUE(write.ok());
  EXPECT_EQ(history.events, 2U);
}

TEST(HistoryReader, AReadHasTheValueOfItsAnswer) {
  const History history = parse(
      R"({"process":0,"type":"invoke","f":"read","value":null}
{"process":0,"type":"ok","f":"read","value":5}
{"process":0,"type":"invoke","f":"read"}
{"process":0,"type":"fail","f":"read","value":5}
{"process":0,"type":"invoke","f":"read"}
{"process":0,"type":"ok","f":"read","value":[1,2]}
)");
  ASSERT_EQ(history.operations.size(), 3U);
  EXPECT_EQ(history.operations[0].value, Value::integer(5));
  EXPECT_TRUE(history.operations[0].key.is_nil());
  EXPECT_TRUE(history.operations[1].value.is_nil());
  EXPECT_EQ(history.operations[1].outcome, Outcome::failed);
  EXPECT_EQ(history.operations[1].ended, 3U);
  EXPECT_EQ(history.values.show(history.operations[2].value), "[1, 2]");
}

TEST(HistoryReader, ALostAnswerIsUnknownForEver) {
  const History history = parse(
      R"({"time":1,"process":0,"type":"invoke","f":"write","value":1}
{"time":2,"process":1,"type":"invoke","f":"write","value":2}
{"time":3,"process":0,"type":"info","f":"write","value":1,"error":"timed out"}
)");
  ASSERT_EQ(history.operations.size(), 2U);
  const Operation& told = history.operations[0];
  EXPECT_EQ(told.outcome, Outcome::unknown);
  EXPECT_EQ(told.ended, Operation::never);
  EXPECT_EQ(told.completed_at, 3);
  EXPECT_EQ(history.errors.at(told.error), "timed out");
  const Operation& open = history.operations[1];
  EXPECT_EQ(open.outcome, Outcome::unknown);
  EXPECT_EQ(open.ended, Operation::never);
  EXPECT_EQ(open.completed_at, Operation::no_time);
}

TEST(HistoryReader, ACasHasTwoValuesAndOtherCallsTheValueOfTheirAnswer) {
  const History history = parse(
      R"({"process":0,"type":"invoke","f":"cas","value":[1,"b"]}
{"process":0,"type":"ok","f":"cas","value":[1,"b"]}
{"process":0,"type":"invoke","f":"txn","value":[["r",8,null]]}
{"process":0,"type":"ok","f":"txn","value":[["r",8,[1,2]]]}
{"process":0,"type":"invoke","f":"enqueue","value":4}
{"process":0,"type":"ok","f":"enqueue"}
{"process":0,"type":"invoke","f":"upsert","value":{"a": 1.50}}
)");
  ASSERT_EQ(history.operations.size(), 4U);
  EXPECT_EQ(history.operations[0].value, Value::integer(1));
  EXPECT_EQ(history.values.text_of(history.operations[0].to), "b");
  EXPECT_EQ(history.values.show(history.operations[1].value), R"([["r", 8, [1, 2]]])");
  EXPECT_EQ(history.operations[2].value, Value::integer(4));
  EXPECT_EQ(history.function_name(history.operations[3].function), "upsert");
  EXPECT_EQ(history.values.show(history.operations[3].value), R"({"a":1.50})");
}

TEST(HistoryReader, PlacesAreDenseThoughIndicesNeedNotBe) {
  const History history = parse(
      R"({"index":10,"process":0,"type":"invoke","f":"read"}
{"index":90,"process":"nemesis","type":"info","f":"start-kill","value":"n1","fault":2}
{"process":0,"type":"ok","f":"read"}
{"index":91,"process":"nemesis","type":"info","f":"stop-kill","value":["n1"]}
{"process":"nemesis","type":"info","f":"look"}
)");
  EXPECT_EQ(history.operations.at(0).began, 0U);
  EXPECT_EQ(history.operations.at(0).ended, 2U);
  ASSERT_EQ(history.faults.size(), 3U);
  EXPECT_TRUE(history.faults[0].starts);
  EXPECT_FALSE(history.faults[0].stops);
  EXPECT_EQ(history.faults[0].name, "kill");
  EXPECT_EQ(history.faults[0].detail, "n1");
  EXPECT_EQ(history.faults[0].fault, 2);
  EXPECT_EQ(history.faults[0].index, 1U);
  EXPECT_TRUE(history.faults[1].stops);
  EXPECT_EQ(history.faults[1].detail, R"(["n1"])");
  EXPECT_EQ(history.faults[1].fault, -1);
  EXPECT_FALSE(history.faults[2].starts || history.faults[2].stops);
  EXPECT_EQ(history.faults[2].name, "look");
}

TEST(HistoryReader, ARecordWithoutATimeHasThatOfTheOneBefore) {
  const History history = parse(
      R"({"process":0,"type":"invoke","f":"read"}
{"process":0,"type":"ok","f":"read","time":8}
{"process":0,"type":"invoke","f":"read"}
)");
  EXPECT_EQ(history.operations[0].invoked_at, 0);
  EXPECT_EQ(history.operations[1].invoked_at, 8);
}

TEST(HistoryReader, EscapedAndUnknownFieldsAreUnderstood) {
  const History history = parse(
      R"( {"pr\u006fcess" : 0 , "type":"invoke","f":"r\u0065ad","node":null,"later":{"x":[1,{}]}} )"
      "\r\n");
  EXPECT_EQ(history.operations.at(0).function, Function::read);
}

TEST(HistoryReader, NumbersTooLargeForAValueKeepTheirDigits) {
  const History history = parse(
      R"({"process":0,"type":"invoke","f":"write","key":9223372036854775807,"value":99999999999999999999}
)");
  EXPECT_EQ(history.show(history.operations.at(0)),
            "write 9223372036854775807 99999999999999999999");
}

TEST(HistoryReader, ACutOffLastLineIsLeftOutAndSaidSo) {
  const std::string whole = R"({"process":0,"type":"invoke","f":"read"}
{"process":0,"type":"ok","f":"read","value":"é"})";
  EXPECT_TRUE(parse(whole).operations.at(0).ok()) << "complete though its newline is not there";
  EXPECT_FALSE(parse(whole).truncated);
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t cut = first + 1; cut < whole.size(); ++cut) {
    const History history = parse(whole.substr(0, cut));
    EXPECT_TRUE(history.truncated) << cut;
    EXPECT_EQ(history.operations.at(0).outcome, Outcome::unknown) << cut;
  }
  EXPECT_TRUE(parse(whole + std::string(20, '\0')).truncated);
}

TEST(HistoryReader, AFolderOrNoFileIsNamedInTheError) {
  const Scratch scratch;
  for (const auto& path : {scratch.path(), scratch / "absent.jsonl"}) {
    try {
      read_history(path);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.blame(), Blame::usage);
      EXPECT_NE(std::string(error.what()).find(path.string()), std::string::npos) << error.what();
    }
  }
}

TEST(HistoryReader, AFileReadsAsItsTextWhateverItsLength) {
  const Scratch scratch;
  std::string text;
  for (int i = 0; i < 200;
       ++i) {  // lengths around the size of a page, where nothing may be read behind the end
    text += R"({"process":)" + std::to_string(i) + R"(,"type":"invoke","f":"read"})" + "\n";
    std::ofstream(scratch / "h.jsonl") << text;
    ASSERT_EQ(write_history(read_history(scratch / "h.jsonl")), write_history(parse(text)));
  }
}

}  // namespace
}  // namespace tribunal
