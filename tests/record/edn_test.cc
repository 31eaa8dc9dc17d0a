// Jepsen's histories in EDN: every form of the notation, what the records mean, what is refused.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/record/error.h"
#include "harness/record/history_file.h"

namespace tribunal {
namespace {

using Keyed = ReadOptions::Keyed;

History parse(const std::string& text, Keyed keyed = Keyed::automatic) {
  ReadOptions options;
  options.keyed = keyed;
  return parse_any_history(text, "h.edn", options);
}

std::vector<std::string> calls(const History& history) {
  std::vector<std::string> shown;
  for (const Operation& operation : history.operations) shown.push_back(history.show(operation));
  return shown;
}

using Calls = std::vector<std::string>;

// How a value reads, as JSON.
std::string value(const std::string& edn) {
  const History history = parse("{:process 0 :type :invoke :f :mark :value " + edn + "}\n");
  return history.values.show(history.operations.at(0).value);
}

std::string complaint(const std::string& text, Keyed keyed = Keyed::automatic) {
  try {
    parse(text, keyed);
  } catch (const Error& error) {
    EXPECT_EQ(error.blame(), Blame::usage);
    EXPECT_NE(error.fix(), "") << text;
    return error.what();
  }
  return "no complaint about " + text;
}

constexpr const char* two_records =
    "{:index 0, :time 5, :type :invoke, :process 3, :f :write, :value 7}\n"
    "{:index 1, :time 9, :type :ok, :process 3, :f :write, :value 7}\n";

TEST(Edn, OneMapALineOrAListOfMapsAreTheSame) {
  const std::string text = two_records;
  const std::string once = write_history(parse(text));
  EXPECT_EQ(write_history(parse("[" + text + "]")), once);
  EXPECT_EQ(write_history(parse("; a list\n(" + text + ")\n")), once);
  EXPECT_EQ(write_history(parse("#jepsen.history [" + text + "]")), once);
  const Operation operation = parse(text).operations.at(0);
  EXPECT_EQ(operation.invoked_at, 5);
  EXPECT_EQ(operation.completed_at, 9);
  EXPECT_EQ(operation.process, 3U);
  EXPECT_EQ(operation.function, Function::write);
  EXPECT_EQ(operation.value, Value::integer(7));
  EXPECT_TRUE(operation.ok());
}

TEST(Edn, NothingAtAllIsAnEmptyHistory) {
  EXPECT_EQ(parse("").events, 0U);
  EXPECT_EQ(parse(" \n; nothing\n").events, 0U);
  EXPECT_EQ(parse("()").events, 0U);
}

TEST(Edn, ScalarsBecomeValues) {
  EXPECT_EQ(value("nil"), "null");
  EXPECT_EQ(value("-17"), "-17");
  EXPECT_EQ(value("+17N"), "17");
  EXPECT_EQ(value("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(value("123456789012345678901234567890"), "123456789012345678901234567890");
  EXPECT_EQ(value("1.50"), "1.50");
  EXPECT_EQ(value("1."), "1.0");
  EXPECT_EQ(value("-2.5e-3M"), "-2.5e-3");
  EXPECT_EQ(value("1/3"), "\"1/3\"");
  EXPECT_EQ(value("##Inf"), "\"##Inf\"");
  EXPECT_EQ(value("true"), "true");
  EXPECT_EQ(value("truely"), "\"truely\"");
  EXPECT_EQ(value(":jepsen/x"), "\"jepsen/x\"");
  EXPECT_EQ(value("::x"), "\"x\"");
  EXPECT_EQ(value("sym.bol"), "\"sym.bol\"");
  EXPECT_EQ(value("-"), "\"-\"");
}

TEST(Edn, TextsAndCharactersLoseTheirEscapes) {
  EXPECT_EQ(value(R"("a \"b\" \\ \n \t \u00e9 \101 \ud83d\ude00")"), R"("a \"b\" \\ \n \t é A 😀")");
  EXPECT_EQ(value(R"("ends in \\")"), R"("ends in \\")");
  EXPECT_EQ(value(R"(\a)"), R"("a")");
  EXPECT_EQ(value(R"([\newline \space \u0041 \o101 \( \1 \é])"),
            R"(["\n", " ", "A", "A", "(", "1", "é"])");
}

TEST(Edn, CollectionsBecomeListsAndObjects) {
  EXPECT_EQ(value("[[:r 8 nil] (1 2) #{}]"), R"([["r", 8, null], [1, 2], []])");
  EXPECT_EQ(value("#{3 1 2}"), "[1, 2, 3]");
  EXPECT_EQ(value("{:b [1 \"x\"], :a {1 nil}, 10 true}"),
            R"({"10":true,"a":{"1":null},"b":[1,"x"]})");
}

TEST(Edn, EqualSetsAndMapsAreEqualHoweverTheyAreWritten) {
  const History history = parse(
      "{:process 0 :type :invoke :f :mark :value #{:b :a 2}}\n"
      "{:process 1 :type :invoke :f :mark :value #{2 :a :b}}\n"
      "{:process 2 :type :invoke :f :mark :value {:x 1 :y 2}}\n"
      "{:process 3 :type :invoke :f :mark :value {:y 2, :x 1}}\n");
  EXPECT_EQ(history.operations[0].value, history.operations[1].value);
  EXPECT_EQ(history.operations[2].value, history.operations[3].value);
}

TEST(Edn, TagsMetadataDiscardsAndCommentsStandForNothing) {
  EXPECT_EQ(value("#inst \"2020-01-01\""), "\"2020-01-01\"");
  EXPECT_EQ(value("#object[java.lang.Object 0x1f \"it\"]"),
            R"(["java.lang.Object", "0x1f", "it"])");
  EXPECT_EQ(value("[1 #_ 2 #_[3 #{4}] 5 ; six\n #_ #_ 7 8, 9]"), "[1, 5, 9]");
  EXPECT_EQ(value("^{:line 3} [1 '2]"), "[1, 2]");
  EXPECT_EQ(value("#:jepsen{:a 1}"), R"({"a":1})");
  EXPECT_EQ(parse("#jepsen.history.Op{:index 0, :time -1, :type :invoke, :process 0, :f :read, "
                  ":value nil}")
                .operations.size(),
            1U);
}

TEST(Edn, WhoeverHasNoNumberIsTheNemesis) {
  const History history = parse(
      "{:process :nemesis :type :info :f :start-partition :value [\"n1\" \"n2\"] :time 4}\n"
      "{:process \"clock watcher\" :type :invoke :f :look :value nil}\n");
  ASSERT_EQ(history.faults.size(), 2U);
  EXPECT_EQ(history.faults[0].name, "partition");
  EXPECT_TRUE(history.faults[0].starts);
  EXPECT_EQ(history.faults[0].detail, R"(["n1", "n2"])");
  EXPECT_EQ(history.faults[1].name, "look");
}

TEST(Edn, ALostOrFailedCallKeepsItsArgumentAndTellsTheReason) {
  const History history = parse(
      "{:process 0 :type :invoke :f :cas :value [1 2]}\n"
      "{:process 0 :type :info :f :cas :value :timed-out}\n"
      "{:process 1 :type :invoke :f :write :value 3}\n"
      "{:process 1 :type :fail :f :write :value 3 :error [:busy \"later\"]}\n");
  EXPECT_EQ(calls(history), (Calls{"cas 1 -> 2", "write 3"}));
  EXPECT_EQ(history.operations[0].outcome, Outcome::unknown);
  EXPECT_EQ(history.errors.at(history.operations[0].error), "timed-out");
  EXPECT_EQ(history.operations[1].outcome, Outcome::failed);
  EXPECT_EQ(history.errors.at(history.operations[1].error), "[:busy \"later\"]");
}

TEST(Edn, AnArgumentThatIsATextIsNoReason) {
  const History history = parse(
      "{:process 0 :type :invoke :f :write :value \"busy\"}\n"
      "{:process 0 :type :fail :f :write :value \"busy\"}\n");
  EXPECT_EQ(history.operations.at(0).error, 0U);
}

TEST(Edn, AbsentOrNegativeIndexAndTimeAreNone) {
  const History history = parse(
      "{:process 0 :type :invoke :f :read :index -1 :time -1}\n"
      "{:process 0 :type :ok :f :read :index -1 :time -1 :value 5}\n");
  EXPECT_EQ(calls(history), Calls{"read -> 5"});
}

TEST(Edn, ATimeThatJumpsBackFollowsTheOrderOfRecords) {
  const History history = parse(
      "{:process 0 :type :invoke :f :read :time 90}\n"
      "{:process 1 :type :invoke :f :read :time 70}\n");
  EXPECT_EQ(history.operations.at(1).invoked_at, 90);
}

TEST(Edn, ARecordWithoutAFunctionIsATransaction) {
  const History history = parse(
      "{:process 0 :type :invoke :value [[:r 1 nil]]}\n"
      "{:process 0 :type :ok :value [[:r 1 [2]]]}\n");
  EXPECT_EQ(calls(history), Calls{R"(txn [["r", 1, [2]]])"});
  EXPECT_EQ(history.operations[0].function, Function::txn);
}

TEST(Edn, KeysOfTheirOwnAreKept) {  // as in Porcupine's histories of a key-value store
  const History history = parse(R"({:process 0, :type :invoke, :f :append, :key "3", :value "x"}
{:process 0, :type :ok, :f :append, :key "3", :value "x"}
{:process 0, :type :invoke, :f :get, :key "3", :value nil}
{:process 0, :type :ok, :f :get, :key "3", :value "x"}
)");
  EXPECT_EQ(calls(history), (Calls{R"(append "3" "x")", R"(get "3" "x")"}));
}

constexpr const char* keyed_records =
    "{:process 0 :type :invoke :f :write :value [:x 7]}\n"
    "{:process 0 :type :ok :f :write :value [:x 7]}\n"
    "{:process 0 :type :invoke :f :read :value [:x nil]}\n"
    "{:process 0 :type :ok :f :read :value [:x 7]}\n"
    "{:process 0 :type :invoke :f :cas :value [:x [7 8]]}\n"
    "{:process 0 :type :info :f :cas :value [:x :timed-out]}\n";

TEST(EdnKeys, TuplesThatCanBeNothingElseAreKeysAndValues) {
  const Calls keyed{R"(write "x" 7)", R"(read "x" -> 7)", R"(cas "x" 7 -> 8)"};
  EXPECT_EQ(calls(parse(keyed_records)), keyed);
  EXPECT_EQ(calls(parse(keyed_records, Keyed::yes)), keyed);
}

TEST(EdnKeys, AReadOfAnotherKeyThanWasAskedForIsRefused) {
  EXPECT_EQ(complaint("{:process 0 :type :invoke :f :read :value [1 nil]}\n"
                      "{:process 0 :type :ok :f :read :value [2 5]}\n"),
            "h.edn:2:39: process 0 completes a call to key 2 but invoked one to key 1");
}

TEST(EdnKeys, OneValueThatIsNoTupleMakesAllPlain) {
  const std::string cas = "{:process 0 :type :invoke :f :cas :value [1 2]}\n";
  EXPECT_EQ(calls(parse(cas)), Calls{"cas 1 -> 2"});
  const std::string read = "{:process 1 :type :invoke :f :read :value nil}\n";
  const std::string write = "{:process 2 :type :invoke :f :write :value [1 2]}\n";
  EXPECT_EQ(calls(parse(write)), Calls{"write 1 2"});
  EXPECT_EQ(calls(parse(write + read)), (Calls{"write [1, 2]", "read"}));
  EXPECT_EQ(calls(parse(write, Keyed::no)), Calls{"write [1, 2]"});
}

TEST(EdnKeys, WhatMayBeEitherIsPlain) {
  const std::string add = "{:process 0 :type :invoke :f :add :value [1 2]}\n";
  EXPECT_EQ(calls(parse(add)), Calls{"add [1, 2]"});
  EXPECT_EQ(calls(parse(add, Keyed::yes)), Calls{"add 1 2"});
  const std::string transaction =
      "{:process 0 :type :invoke :f :txn :value [[:r 1 nil] [:r 2 nil]]}\n";
  EXPECT_EQ(calls(parse(transaction)), Calls{R"(txn [["r", 1, null], ["r", 2, null]])"});
}

TEST(EdnKeys, SetsAreReadPerKey) {
  const History history = parse(
      "{:process 0 :type :invoke :f :add :value [0 5]}\n"
      "{:process 0 :type :ok :f :add :value [0 5]}\n"
      "{:process 0 :type :invoke :f :read :value [0 nil]}\n"
      "{:process 0 :type :ok :f :read :value [0 #{5}]}\n");
  EXPECT_EQ(calls(history), (Calls{"add 0 5", "read 0 -> [5]"}));
}

TEST(EdnKeys, AUserWhoSaysSoIsToldWhatHasNone) {
  EXPECT_EQ(complaint("{:process 0 :type :invoke :f :write :value 3}\n", Keyed::yes),
            "h.edn:1:44: the value of this 'write' is no [key value]");
}

TEST(EdnRefusals, EachNamesThePlaceAndTheReason) {
  const std::string begin = "{:process 0 :type :invoke :f :f :value ";
  EXPECT_EQ(complaint(begin + "[1 2}\n"), "h.edn:1:44: '}' stands where a value belongs");
  EXPECT_EQ(complaint("\n\n" + begin + "007}\n"), "h.edn:3:40: '007' is no number");
  EXPECT_EQ(complaint(begin + "12x}\n"), "h.edn:1:40: '12x' is no number");
  EXPECT_EQ(complaint(begin + ":}\n"), "h.edn:1:40: a keyword lacks its name");
  EXPECT_EQ(complaint(begin + "\"a\n"), "h.edn:1:40: this text is never closed");
  EXPECT_EQ(complaint(begin + "\"\\q\"}\n"), "h.edn:1:41: '\\q' is no escape");
  EXPECT_EQ(complaint(begin + "\"\\u12\"}\n"), "h.edn:1:41: this escape lacks its four digits");
  EXPECT_EQ(complaint(begin + "\\word}\n"), "h.edn:1:40: '\\word' is no character");
  EXPECT_EQ(complaint(begin + "[#inst]}\n"), "h.edn:1:41: a tag lacks its value");
  EXPECT_EQ(complaint(begin + "#<Object@1>}\n"), "h.edn:1:40: '#<' cannot be read back");
  EXPECT_EQ(complaint(begin + "[1\n{:process 1}\n"),
            "h.edn:3:1: the text ends where more must come");
  EXPECT_EQ(complaint(begin + std::string(70, '[') + std::string(70, ']') + "}\n"),
            "h.edn:1:104: values are nested more than 64 deep");
  EXPECT_EQ(complaint(begin + "\"\xff\"}\n"), "h.edn:1:41: this is no valid UTF-8");
}

TEST(EdnRefusals, RecordsMustBeWhole) {
  EXPECT_EQ(complaint("{:process 0 :type :invoke :f :read}\n{:type :ok :f :read}\n"),
            "h.edn:2:8: the field 'process' of this record is missing");
  EXPECT_EQ(complaint("{:type :invoke :f :read}\n{:process 0 :type :ok :f :read}\n"),
            "h.edn:2:19: this record names its process, and those before it do not");
  EXPECT_EQ(complaint("{:process 0 :f :read}\n"),
            "h.edn:1:1: the field 'type' of this record is missing");
  EXPECT_EQ(complaint("{:process 0 :type :invoke}\n"),
            "h.edn:1:1: the field 'f' of this record is missing");
  EXPECT_EQ(complaint("{:process 0 :type :done :f :read}\n"),
            "h.edn:1:19: the field 'type' is :done");
  EXPECT_EQ(complaint("{:process -1 :type :invoke :f :read}\n"),
            "h.edn:1:11: the field 'process' is -1");
  EXPECT_EQ(complaint("{:process 0 :type :invoke :f :read :time \"soon\"}\n"),
            "h.edn:1:42: the field 'time' is \"soon\"");
  EXPECT_EQ(complaint("{:process 0 :process 1}\n"),
            "h.edn:1:13: the field 'process' is given twice");
  EXPECT_EQ(complaint("[1 2]"), "h.edn:1:2: no record begins with '1 2]'");
  EXPECT_EQ(complaint("[{:process 0 :type :invoke :f :read}"),
            "h.edn:1:37: the list of records is never closed");
  EXPECT_EQ(complaint("[] [:a]").substr(0, 9), "h.edn:1:4");
}

TEST(EdnRefusals, RecordsMustFollowEachOther) {
  EXPECT_EQ(complaint("[{:process 4 :type :ok :f :enqueue :value 1}]"),
            "h.edn:1:12: process 4 completes a call that it did not invoke");
  EXPECT_EQ(complaint("{:process 0 :type :invoke :f :read}\n{:process 0 :type :invoke :f :read}\n"),
            "h.edn:2:11: process 0 invokes while its call of record 0 is open");
  EXPECT_EQ(complaint("{:process 0 :type :invoke :f :write :value 1}\n"
                      "{:process 0 :type :ok :f :write :value 2}\n"),
            "h.edn:2:40: process 0 completes '2' but invoked 'write 1'");
}

TEST(EdnWithoutProcesses, CallsThatFollowEachOtherAreRead) {
  const History history = parse(
      "{:type :invoke :value [[:append 1 2]]}\n{:type :info :value [[:append 1 2]]}\n"
      "{:type :invoke :value [[:r 1 nil]]}\n{:type :ok :value [[:r 1 [2]]]}\n");
  ASSERT_EQ(history.operations.size(), 2U);
  EXPECT_EQ(history.operations[0].outcome, Outcome::unknown);
  EXPECT_TRUE(history.operations[1].ok());
  EXPECT_NE(history.operations[0].process, history.operations[1].process);
}

TEST(EdnWithoutProcesses, ConcurrentCallsAndLoneCompletionsAreNot) {
  EXPECT_EQ(
      complaint("{:type :invoke :f :read}\n{:type :invoke :f :read}\n"),
      "h.edn:2:8: the field 'process' is missing, and the call before this one is still open");
  EXPECT_EQ(complaint("{:type :ok :f :read :value 1}\n"),
            "h.edn:1:8: the field 'process' is missing, and no call is open that could end here");
}

TEST(EdnTruncation, ALastLineThatIsCutOffIsLeftOut) {
  const std::string text = two_records;
  const std::string last = "{:process 4 :type :invoke :f :read :value \"a]\"}";
  for (std::size_t length = 1; length < last.size(); ++length) {
    const History history = parse(text + last.substr(0, length));
    EXPECT_TRUE(history.truncated) << length;
    EXPECT_EQ(history.events, 2U) << length;
  }
  EXPECT_FALSE(parse(text + last).truncated);
  EXPECT_EQ(parse(text + last).events, 3U);
}

}  // namespace
}  // namespace tribunal
