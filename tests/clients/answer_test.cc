// Answers that must not be believed.
#include "clients/etcd/answer.h"

#include <gtest/gtest.h>

namespace tribunal {
namespace {

using nlohmann::json;

json with(const std::string& more) {
  return json::parse(R"({"header":{"member_id":"2","revision":"7"})" + more + "}");
}

// Of a transaction that was to put something.
bool put_by_txn(const json& answer) { return txn_answer(answer, {"response_put"}).has_value(); }

TEST(Answer, ARangeIsItsKeysAndValues) {
  const auto pairs =
      range_answer(with(R"(,"kvs":[{"key":"YQ==","value":"MQ=="},{"key":"Yg=="}],"count":"2")"));
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].key, "a");
  EXPECT_EQ(pairs[0].value, "1");
  EXPECT_EQ(pairs[1].key, "b");
  EXPECT_EQ(pairs[1].value, "");
}

// Later gateways may write out what is empty.
TEST(Answer, ARangeOfNothingMaySaySo) {
  EXPECT_TRUE(range_answer(with("")).empty());
  EXPECT_TRUE(range_answer(with(R"(,"kvs":[],"count":"0","more":false)")).empty());
  EXPECT_TRUE(range_answer(with(R"(,"kvs":null,"count":0)")).empty());
}

TEST(Answer, ARangeOfTheWrongShapeIsNonsense) {
  for (const char* more : {
           R"(,"count":"1")",                                     // counted but not there
           R"(,"kvs":[{"key":"YQ=="}])",                          // there but not counted
           R"(,"kvs":[{"key":"YQ=="}],"count":"2","more":true)",  // not all of it
           R"(,"kvs":[{"key":"YQ=="}],"count":"1","more":true)",
           R"(,"kvs":{"key":"YQ=="},"count":"1")",
           R"(,"kvs":["YQ=="],"count":"1")",
           R"(,"kvs":[{"key":"Y"}],"count":"1")",
           R"(,"kvs":[{"key":"YQ==","value":7}],"count":"1")",
           R"(,"kvs":[{"key":"YQ=="}],"count":"one")",
           R"(,"kvs":[{"key":"YQ=="}],"count":-1)",
           R"(,"kvs":[{"key":"YQ=="}],"count":1.0)",
       }) {
    EXPECT_THROW(range_answer(with(more)), Nonsense) << more;
  }
}

TEST(Answer, EveryAnswerNeedsARevision) {
  for (const char* text :
       {"{}", R"({"header":{}})", R"({"header":7})", R"({"header":{"revision":"0"}})"}) {
    EXPECT_THROW(range_answer(json::parse(text)), Nonsense) << text;
    EXPECT_THROW(put_answer(json::parse(text)), Nonsense) << text;
    EXPECT_THROW(put_by_txn(json::parse(text)), Nonsense) << text;
  }
}

TEST(Answer, ATransactionSucceededOnlyIfItSaysSoAndDidIt) {
  EXPECT_TRUE(put_by_txn(
      with(R"(,"succeeded":true,"responses":[{"response_put":{"header":{"revision":"7"}}}])")));
  EXPECT_FALSE(put_by_txn(with("")));
  EXPECT_FALSE(put_by_txn(with(R"(,"succeeded":false,"responses":[])")));
  for (const char* more :
       {R"(,"succeeded":true)", R"(,"succeeded":"yes")", R"(,"succeeded":true,"responses":[])",
        R"(,"succeeded":true,"responses":[{"response_range":{}}])",
        R"(,"succeeded":true,"responses":[{"response_put":{}},{"response_put":{}}])",
        R"(,"responses":[{"response_put":{}}])"}) {
    EXPECT_THROW(put_by_txn(with(more)), Nonsense) << more;
  }
}

TEST(Answer, WhatAChangeMadeIsItsRevision) {
  EXPECT_EQ(put_answer(with("")), 7);
  EXPECT_EQ(
      txn_answer(with(R"(,"succeeded":true,"responses":[{"response_put":{}}])"), {"response_put"}),
      7);
  const auto pairs = range_answer(
      with(R"(,"kvs":[{"key":"YQ==","create_revision":"3","mod_revision":"5"}],"count":"1")"));
  EXPECT_EQ(pairs.at(0).created, 3);
  EXPECT_EQ(pairs.at(0).modified, 5);
}

TEST(Answer, TheSmallestKeyOfManyIsOne) {
  EXPECT_EQ(smallest_answer(with("")), std::nullopt);
  const auto only = smallest_answer(with(R"(,"kvs":[{"key":"YQ=="}],"count":"1")"));
  ASSERT_TRUE(only);
  EXPECT_EQ(only->key, "a");
  EXPECT_TRUE(smallest_answer(with(R"(,"kvs":[{"key":"YQ=="}],"count":"9","more":true)")));
  for (const char* more :
       {R"(,"count":"1")", R"(,"kvs":[{"key":"YQ=="}])", R"(,"kvs":[{"key":"YQ=="}],"count":"9")",
        R"(,"kvs":[{"key":"YQ=="},{"key":"Yg=="}],"count":"2","more":true)"}) {
    EXPECT_THROW(smallest_answer(with(more)), Nonsense) << more;
  }
}

TEST(Answer, ALookAtManyKeysFindsEachOrNothing) {
  const auto found = look_answer(
      with(R"(,"succeeded":true,"responses":[{"response_range":{"header":{},"kvs":[{"key":"YQ=="}],
              "count":"1"}},{"response_range":{}}])"),
      2);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].at(0).key, "a");
  EXPECT_TRUE(found[1].empty());
  for (const char* more :
       {"", R"(,"succeeded":true)", R"(,"succeeded":true,"responses":[{"response_range":{}}])",
        R"(,"succeeded":true,"responses":[{"response_range":{}},{"response_put":{}}])",
        R"(,"succeeded":true,"responses":[{"response_range":{}},{"response_range":7}])"}) {
    EXPECT_THROW(look_answer(with(more), 2), Nonsense) << more;
  }
}

TEST(Answer, KeysOutsideWhatWasAskedAreNonsense) {
  EXPECT_NO_THROW(require_within({{"a/1", ""}, {"a/2", ""}}, "a/", "a0"));
  EXPECT_NO_THROW(require_within({{"a", ""}}, "a", ""));
  EXPECT_THROW(require_within({{"b/1", ""}}, "a/", "a0"), Nonsense);
  EXPECT_THROW(require_within({{"b", ""}}, "a", ""), Nonsense);
  EXPECT_THROW(require_within({{"a", ""}, {"a", ""}}, "a", ""), Nonsense);
}

TEST(Answer, AMemberIsLeaderByItsOwnName) {
  EXPECT_EQ(role_answer(with(R"(,"leader":"2")")), "leader");
  EXPECT_EQ(role_answer(with(R"(,"leader":"3")")), "follower");
  EXPECT_EQ(role_answer(with("")), "");
}

TEST(Answer, AnErrorIsFoundInEachGeneration) {
  const Answer old = read_answer(R"({"error":"etcdserver: no leader","code":14})");
  ASSERT_TRUE(old.error);
  EXPECT_EQ(old.error->code, 14);
  EXPECT_EQ(old.error->message, "etcdserver: no leader");
  const Answer later = read_answer(R"({"code":14,"message":"etcdserver: no leader","details":[]})");
  ASSERT_TRUE(later.error);
  EXPECT_EQ(later.error->message, "etcdserver: no leader");
  EXPECT_FALSE(read_answer(R"({"header":{"revision":"7"}})").error);
  EXPECT_FALSE(read_answer("no json").object.is_object());
  EXPECT_FALSE(read_answer("{} {}").object.is_object());
}

}  // namespace
}  // namespace tribunal
