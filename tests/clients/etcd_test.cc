// The client against a real etcd: every call, its answers, and what becomes of them when the server
// goes away.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "clients/etcd/client.h"
#include "clients/etcd/outcome.h"
#include "clients/http/connection.h"
#include "tests/clients/attempt.h"
#include "tests/clients/real_etcd.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

Deployment deployment(const std::string& reads = "linearizable") {
  Deployment result;
  result.call_timeout = Milliseconds(2000);
  result.options["reads"] = reads;
  return result;
}

class Etcd : public testing::Test {
 protected:
  void SetUp() override {
    if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
    etcd_ = std::make_unique<RealEtcd>();
    client_ = connect_etcd(etcd_->address(), deployment());
  }

  Attempt call(const Call& call) { return attempt(*client_, call); }
  // nullopt: never written. Fails the test unless the read is ok.
  std::optional<Int> read(Key key) {
    const Attempt result = call(Read{key});
    EXPECT_EQ(result, (Attempt{ok, ""}));
    return std::get<Read>(result.call).value;
  }
  std::vector<Int> read_set(Key key) {
    const Attempt result = call(ReadSet{key});
    EXPECT_EQ(result, (Attempt{ok, ""}));
    return std::get<ReadSet>(result.call).elements;
  }

  std::unique_ptr<RealEtcd> etcd_;
  std::unique_ptr<Client> client_;
};

TEST_F(Etcd, AKeyNeverWrittenReadsAsNothing) { EXPECT_EQ(read(7), std::nullopt); }

TEST_F(Etcd, AWriteIsRead) {
  for (const Int value : {Int{0}, Int{17}, Int{-3}, INT64_MAX, INT64_MIN}) {
    ASSERT_EQ(call(Write{7, value}), (Attempt{ok, ""}));
    EXPECT_EQ(read(7), value);
  }
  EXPECT_EQ(read(70), std::nullopt);
  EXPECT_EQ(read(-7), std::nullopt);
}

TEST_F(Etcd, ACasSwapsOnlyWhatItExpects) {
  EXPECT_EQ(call(Cas{1, 0, 5}), (Attempt{failed, "value did not match"}));
  EXPECT_EQ(read(1), std::nullopt);
  ASSERT_EQ(call(Write{1, 4}), (Attempt{ok, ""}));
  EXPECT_EQ(call(Cas{1, 5, 6}), (Attempt{failed, "value did not match"}));
  EXPECT_EQ(read(1), 4);
  EXPECT_EQ(call(Cas{1, 4, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(read(1), 5);
}

TEST_F(Etcd, ASetHoldsWhatWasAdded) {
  EXPECT_TRUE(read_set(3).empty());
  std::vector<Int> added(1000);
  std::iota(added.begin(), added.end(), -200);
  // Added backwards: they must come in the order of numbers all the same.
  for (auto at = added.rbegin(); at != added.rend(); ++at)
    ASSERT_EQ(call(Add{3, *at}), (Attempt{ok, ""}));
  ASSERT_EQ(call(Add{30, 1}), (Attempt{ok, ""}));  // a neighbour by its letters
  ASSERT_EQ(call(Add{3, 5}), (Attempt{ok, ""}));   // once more
  EXPECT_EQ(read_set(3), added);
  EXPECT_EQ(read_set(30), std::vector<Int>{1});
}

TEST_F(Etcd, ASetHoldsTheExtremes) {
  for (const Int element : {INT64_MAX, Int{0}, INT64_MIN})
    ASSERT_EQ(call(Add{-1, element}), (Attempt{ok, ""}));
  EXPECT_EQ(read_set(-1), (std::vector<Int>{INT64_MIN, 0, INT64_MAX}));
}

TEST_F(Etcd, ASerializableReadIsAnsweredToo) {
  ASSERT_EQ(call(Write{1, 4}), (Attempt{ok, ""}));
  ASSERT_EQ(call(Add{1, 9}), (Attempt{ok, ""}));
  client_ = connect_etcd(etcd_->address(), deployment("serializable"));
  EXPECT_EQ(read(1), 4);
  EXPECT_EQ(read_set(1), std::vector<Int>{9});
}

TEST_F(Etcd, AValueThatIsNoNumberIsNotRead) {
  HttpConnection raw(etcd_->address());
  // register/1 = "abc", set/1/x = ""
  ASSERT_EQ(
      raw.post("/v3/kv/put", R"({"key":"cmVnaXN0ZXIvMQ==","value":"YWJj"})", Milliseconds(2000))
          .status,
      200);
  ASSERT_EQ(raw.post("/v3/kv/put", R"({"key":"c2V0LzEveA=="})", Milliseconds(2000)).status, 200);
  EXPECT_EQ(call(Read{1}), (Attempt{failed, "the value is no number"}));
  EXPECT_EQ(call(ReadSet{1}), (Attempt{failed, "the element is no number"}));
}

TEST_F(Etcd, ACallAfterARestartIsServed) {
  ASSERT_EQ(call(Write{1, 4}), (Attempt{ok, ""}));
  etcd_->kill();
  EXPECT_EQ(call(Write{1, 5}), (Attempt{failed, "connection refused"}));
  EXPECT_EQ(call(Read{1}), (Attempt{failed, "connection refused"}));
  etcd_->start();
  EXPECT_EQ(read(1), 4);
}

TEST_F(Etcd, ARestartBetweenCallsGoesUnnoticed) {
  ASSERT_EQ(call(Write{1, 4}), (Attempt{ok, ""}));
  etcd_->kill();
  etcd_->start();
  EXPECT_EQ(call(Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(read(1), 5);
}

TEST_F(Etcd, AWriteToAFrozenServerIsUnknownAndMayHappenLater) {
  Deployment hasty = deployment();
  hasty.call_timeout = Milliseconds(200);
  const auto other = connect_etcd(etcd_->address(), hasty);
  ASSERT_EQ(attempt(*other, Write{1, 4}), (Attempt{ok, ""}));
  etcd_->freeze();
  EXPECT_EQ(attempt(*other, Write{1, 5}), (Attempt{unknown, "timed out after 200 ms"}));
  EXPECT_EQ(attempt(*other, Read{1}), (Attempt{failed, "timed out after 200 ms"}));
  etcd_->thaw();
  EXPECT_EQ(attempt(*client_, Read{1}), (Attempt{ok, ""}));
  // A connection given up must not answer the next call with what it had left to say.
  EXPECT_EQ(attempt(*other, Write{2, 9}), (Attempt{ok, ""}));
  EXPECT_EQ(read(2), 9);
}

// Real refusals, so that the table is about what etcd says and not about what we think it says.
TEST_F(Etcd, RefusesWhatItCannotTake) {
  HttpConnection raw(etcd_->address());
  const auto outcome_of = [&](std::string_view path, const std::string& body) {
    const Exchange& exchange = raw.post(path, body, Milliseconds(5000));
    return find_outcome(exchange, read_answer(exchange.body), Effect::writes, Milliseconds(5000));
  };
  const Finding without_key = outcome_of("/v3/kv/put", R"({"value":"YWJj"})");
  EXPECT_EQ(without_key.outcome, failed);
  EXPECT_EQ(without_key.error, "etcdserver: key is not provided");
  const Finding large =
      outcome_of("/v3/kv/put", R"({"key":"YQ==","value":")" + std::string(2400000, 'A') + R"("})");
  EXPECT_EQ(large.outcome, failed);
  EXPECT_EQ(large.error, "etcdserver: request is too large");
  EXPECT_EQ(outcome_of("/v3/kv/nothing", "{}").outcome, failed);
  EXPECT_EQ(outcome_of("/v3/kv/put", R"({"ke)").outcome, failed);
  EXPECT_EQ(outcome_of("/v3/kv/put", R"({"key":"YQ==","value":"YQ=="})").outcome, ok);
}

// "database space exceeded" is said of puts that were carried out, too.
TEST(EtcdFull, AWriteBeyondTheQuotaIsUnknown) {
  if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
  RealEtcd etcd({"--quota-backend-bytes=400000"});
  HttpConnection raw(etcd.address());
  const std::string large = R"({"key":"YQ==","value":")" + std::string(40000, 'A') + R"("})";
  // How full it is etcd learns only now and then, so it takes many to be refused.
  int written = 0;
  while (written < 2000 && raw.post("/v3/kv/put", large, Milliseconds(5000)).status == 200)
    ++written;
  ASSERT_LT(written, 2000);
  const auto client = connect_etcd(etcd.address(), deployment());
  EXPECT_EQ(attempt(*client, Write{1, 5}),
            (Attempt{unknown, "etcdserver: mvcc: database space exceeded"}));
}

}  // namespace
}  // namespace tribunal
