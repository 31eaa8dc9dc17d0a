// Answers that must not be believed.
#include "clients/etcd/answer.h"

#include <gtest/gtest.h>

namespace tribunal {
namespace {

using nlohmann::json;

json with(const std::string& more) {
  return json::parse(R"({"header":{"member_id":"2","revision":"7"})" + more + "}");
}

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
    EXPECT_THROW(txn_answer(json::parse(text)), Nonsense) << text;
  }
}

TEST(Answer, ATransactionSucceededOnlyIfItSaysSoAndDidIt) {
  EXPECT_TRUE(txn_answer(
      with(R"(,"succeeded":true,"responses":[{"response_put":{"header":{"revision":"7"}}}])")));
  EXPECT_FALSE(txn_answer(with("")));
  EXPECT_FALSE(txn_answer(with(R"(,"succeeded":false,"responses":[])")));
  for (const char* more :
       {R"(,"succeeded":true)", R"(,"succeeded":"yes")", R"(,"succeeded":true,"responses":[])",
        R"(,"succeeded":true,"responses":[{"response_range":{}}])",
        R"(,"succeeded":true,"responses":[{"response_put":{}},{"response_put":{}}])",
        R"(,"responses":[{"response_put":{}}])"}) {
    EXPECT_THROW(txn_answer(with(more)), Nonsense) << more;
  }
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
