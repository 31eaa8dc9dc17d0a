// What etcd's client makes of its calls in two steps, locks, queues and banks: against a real
// server, and against one that loses each answer in turn.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "clients/etcd/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/misbehaving_server.h"
#include "tests/clients/real_etcd.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;
constexpr const char* lost_race = "another call changed it meanwhile";

std::unique_ptr<Client> client_of(const std::string& address,
                                  Milliseconds timeout = Milliseconds(10000)) {
  Deployment deployment;
  deployment.call_timeout = timeout;
  return connect_etcd(address, deployment);
}

class EtcdCalls : public testing::Test {
 protected:
  void SetUp() override {
    if (RealEtcd::binary().empty()) GTEST_SKIP() << "no etcd here: apt-get install etcd-server";
    etcd_ = std::make_unique<RealEtcd>();
    client_ = client_of(etcd_->address());
    other_ = client_of(etcd_->address());
  }

  template <class One>
  One done(const One& call) {
    const Attempt result = attempt(*client_, call);
    EXPECT_EQ(result, (Attempt{ok, ""}));
    return std::get<One>(result.call);
  }
  Attempt call(const Call& call) { return attempt(*client_, call); }

  std::unique_ptr<RealEtcd> etcd_;
  std::unique_ptr<Client> client_, other_;
};

TEST_F(EtcdCalls, VersionsGrowWithEveryWriteAndAReadNamesItsOwn) {
  EXPECT_EQ(done(Read{1}).version, std::nullopt);
  const Version first = done(Write{1, 5}).version;
  EXPECT_EQ(done(Read{1}).version, first);
  const Version second = done(Cas{1, 5, 6}).version;
  ASSERT_TRUE(first && second);
  EXPECT_GT(*second, *first);
  done(Write{2, 5});
  EXPECT_EQ(done(Read{1}).version, second);
  done(Delete{1});
  EXPECT_EQ(done(Read{1}).value, std::nullopt);
}

TEST_F(EtcdCalls, CountersCountUpAndDown) {
  EXPECT_EQ(done(ReadCounter{1}).value, std::nullopt);
  done(Increment{1, 5});
  done(Increment{1, -7});
  EXPECT_EQ(done(ReadCounter{1}).value, -2);
  done(Increment{1, INT64_MAX});
  EXPECT_EQ(call(Increment{1, INT64_MAX}), (Attempt{failed, "the counter is full"}));
}

TEST_F(EtcdCalls, ListsKeepTheirOrder) {
  EXPECT_TRUE(done(ReadList{1}).elements.empty());
  for (const Int element : {3, -1, 2}) done(Append{1, element});
  EXPECT_EQ(done(ReadList{1}).elements, (std::vector<Int>{3, -1, 2}));
}

TEST_F(EtcdCalls, SetsForgetWhatWasRemoved) {
  done(Add{1, 3});
  done(Add{1, 4});
  done(Remove{1, 3});
  EXPECT_EQ(done(ReadSet{1}).elements, std::vector<Int>{4});
}

TEST_F(EtcdCalls, QueuesGiveEachElementOnce) {
  EXPECT_EQ(done(Dequeue{1}).element, std::nullopt);
  for (const Int element : {12, 3, -1}) done(Enqueue{1, element});
  done(Enqueue{10, 7});  // a neighbour by its letters
  for (const Int element : {-1, 3, 12}) EXPECT_EQ(done(Dequeue{1}).element, element);
  EXPECT_EQ(done(Dequeue{1}).element, std::nullopt);
}

TEST_F(EtcdCalls, ALockIsItsHoldersUntilReleased) {
  EXPECT_EQ(call(Release{1}), (Attempt{failed, "it does not hold it"}));
  const Version first = done(Acquire{1}).fence;
  EXPECT_EQ(call(Acquire{1}), (Attempt{failed, "another holds it"}));
  EXPECT_EQ(attempt(*other_, Acquire{1}), (Attempt{failed, "another holds it"}));
  EXPECT_EQ(attempt(*other_, Release{1}), (Attempt{failed, "it does not hold it"}));
  done(Release{1});
  EXPECT_EQ(call(Release{1}), (Attempt{failed, "it does not hold it"}));
  const Attempt second = attempt(*other_, Acquire{1});
  ASSERT_EQ(second, (Attempt{ok, ""}));
  ASSERT_TRUE(first);
  EXPECT_GT(*std::get<Acquire>(second.call).fence, *first);
}

TEST_F(EtcdCalls, IdsAreNeverGivenTwice) {
  std::vector<Int> ids;
  for (int i = 0; i < 20; ++i) {
    ids.push_back(done(Generate{0}).id);
    ids.push_back(std::get<Generate>(attempt(*other_, Generate{0}).call).id);
  }
  std::sort(ids.begin(), ids.end());
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

TEST_F(EtcdCalls, MoneyMovesAndIsNeverMade) {
  const auto total = [&] {
    Int sum = 0;
    for (const auto& [account, balance] : done(ReadAccounts{1}).balances) sum += balance;
    return sum;
  };
  EXPECT_EQ(done(ReadAccounts{1}).balances.size(), static_cast<std::size_t>(bank_accounts));
  EXPECT_EQ(total(), bank_accounts * opening_balance);
  done(Transfer{1, 0, 7, 4});
  done(Transfer{1, 7, 3, 14});
  EXPECT_EQ(call(Transfer{1, 7, 3, 1}), (Attempt{failed, "not enough money"}));
  const auto balances = done(ReadAccounts{1}).balances;
  EXPECT_EQ(balances[0], (std::pair<Key, Int>{0, opening_balance - 4}));
  EXPECT_EQ(balances[3], (std::pair<Key, Int>{3, opening_balance + 14}));
  EXPECT_EQ(balances[7], (std::pair<Key, Int>{7, opening_balance - 10}));
  EXPECT_EQ(total(), bank_accounts * opening_balance);
}

TEST_F(EtcdCalls, AGroupIsReadAtOneMoment) {
  done(WriteOne{1, 2, 20});
  const auto read = done(ReadMany{1, {{0, {}}, {2, {}}}});
  EXPECT_EQ(read.registers[0], (std::pair<Key, std::optional<Int>>{0, std::nullopt}));
  EXPECT_EQ(read.registers[1], (std::pair<Key, std::optional<Int>>{2, 20}));
}

// What a server answers to a look at a key that is not there, or is there, and to a change.
const std::string nothing = R"({"header":{"revision":"7"}})";
const std::string changed =
    R"({"header":{"revision":"8"},"succeeded":true,"responses":[{"response_put":{}}]})";
const std::string changed_two = R"({"header":{"revision":"8"},"succeeded":true,)"
                                R"("responses":[{"response_put":{}},{"response_put":{}}]})";
const std::string refused = R"({"header":{"revision":"8"}})";
// queue/1/0000000000000000003
const std::string queued =
    R"({"header":{"revision":"7"},"kvs":[{"key":"cXVldWUvMS8wMDAwMDAwMDAwMDAwMDAwMDAz",)"
    R"("mod_revision":"6"}],"count":"1"})";
const std::string erased =
    R"({"header":{"revision":"8"},"succeeded":true,"responses":[{"response_delete_range":{}}]})";

struct TwoSteps {
  std::string name;
  Call call;
  std::string look, change;  // good answers to the two steps
};

void PrintTo(const TwoSteps& row, std::ostream* out) { *out << row.name; }

class InTwoSteps : public testing::TestWithParam<TwoSteps> {
 protected:
  // The first answer, then the second; what came of the call, and how many requests were sent.
  Attempt between(const Reply& first, const Reply& second, std::size_t requests) {
    MisbehavingServer server([&](std::size_t request) { return request == 0 ? first : second; });
    const Attempt result =
        attempt(*client_of(server.address(), Milliseconds(1500)), GetParam().call);
    EXPECT_EQ(server.requests().size(), requests);
    return result;
  }
  Reply look() const { return {http("200 OK", GetParam().look)}; }
};

TEST_P(InTwoSteps, BothAnswered) {
  EXPECT_EQ(between(look(), {http("200 OK", GetParam().change)}, 2), (Attempt{ok, ""}));
}

TEST_P(InTwoSteps, ALostRaceHadNoEffect) {
  EXPECT_EQ(between(look(), {http("200 OK", refused)}, 2), (Attempt{failed, lost_race}));
}

// Nothing was changed yet.
TEST_P(InTwoSteps, ALostLookHadNoEffect) {
  EXPECT_EQ(between({"", Then::close}, look(), 1),
            (Attempt{failed, "connection closed without an answer"}));
  EXPECT_EQ(between({http("200 OK", "{}")}, look(), 1),
            (Attempt{failed, "answer without a header"}));
  EXPECT_EQ(between({""}, look(), 1), (Attempt{failed, "timed out after 1500 ms"}));
}

TEST_P(InTwoSteps, ALostChangeIsUnknown) {
  EXPECT_EQ(between(look(), {"", Then::close}, 2),
            (Attempt{unknown, "connection closed without an answer"}));
  EXPECT_EQ(between(look(), {""}, 2), (Attempt{unknown, "timed out after 1500 ms"}));
}

// It says that it did something else, or nothing at all, or fails after it may have begun.
TEST_P(InTwoSteps, AChangeThatMakesNoSenseIsUnknown) {
  for (const char* body : {"{}", R"({"header":{"revision":"8"},"succeeded":true})",
                           R"({"header":{"revision":"8"},"responses":[{"response_put":{}}]})"}) {
    EXPECT_EQ(between(look(), {http("200 OK", body)}, 2).outcome, unknown) << body;
  }
  EXPECT_EQ(
      between(look(), {http("503 Service Unavailable", R"({"error":"x","code":14})")}, 2).outcome,
      unknown);
}

TEST_P(InTwoSteps, ARefusedChangeHadNoEffect) {
  const std::string error = R"({"error":"etcdserver: too many requests","code":8})";
  EXPECT_EQ(between(look(), {http("429 Too Many Requests", error)}, 2),
            (Attempt{failed, "etcdserver: too many requests"}));
}

INSTANTIATE_TEST_SUITE_P(Calls, InTwoSteps,
                         testing::Values(TwoSteps{"Increment", Increment{1, 5}, nothing, changed},
                                         TwoSteps{"Append", Append{1, 5}, nothing, changed},
                                         TwoSteps{"Dequeue", Dequeue{1, {}}, queued, erased},
                                         TwoSteps{"Transfer", Transfer{1, 0, 1, 5}, nothing,
                                                  changed_two}),
                         [](const auto& row) { return row.param.name; });

// A call in one step that changes something: what decides is that step.
TEST(InOneStep, ALostAnswerIsUnknownAndASenselessOneToo) {
  const std::vector<Call> calls = {Enqueue{1, 5},     Acquire{1},   Generate{1},
                                   WriteOne{1, 2, 3}, Remove{1, 2}, Delete{1}};
  for (const Call& call : calls) {
    for (const Reply& reply : {Reply{"", Then::close}, Reply{http("200 OK", "{}")}}) {
      MisbehavingServer server([&](std::size_t) { return reply; });
      EXPECT_EQ(attempt(*client_of(server.address()), call).outcome, unknown) << call.index();
      EXPECT_EQ(server.requests().size(), 1u);
    }
  }
}

TEST(InOneStep, AReadHadNoEffectHoweverItEnded) {
  const std::vector<Call> calls = {ReadCounter{1}, ReadList{1}, ReadAccounts{1},
                                   ReadMany{1, {{0, {}}}}};
  for (const Call& call : calls) {
    for (const Reply& reply : {Reply{"", Then::close}, Reply{http("200 OK", "{}")}}) {
      MisbehavingServer server([&](std::size_t) { return reply; });
      EXPECT_EQ(attempt(*client_of(server.address()), call).outcome, failed) << call.index();
    }
  }
}

// Found empty, a queue is not asked again.
TEST(InOneStep, AnEmptyQueueAnswersWithNothing) {
  MisbehavingServer server([&](std::size_t) { return Reply{http("200 OK", nothing)}; });
  const Attempt taken = attempt(*client_of(server.address()), Dequeue{1});
  ASSERT_EQ(taken, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Dequeue>(taken.call).element, std::nullopt);
  EXPECT_EQ(server.requests().size(), 1u);
}

// Whose release was lost may hold it or not; a release that was refused may be tried again.
TEST(InOneStep, AReleaseIsTriedAgainOnlyIfItCertainlyHadNoEffect) {
  const std::string busy = R"({"error":"etcdserver: too many requests","code":8})";
  MisbehavingServer server([&](std::size_t request) {
    if (request == 0) return Reply{http("200 OK", changed)};
    if (request == 1) return Reply{http("429 Too Many Requests", busy)};
    return Reply{http("200 OK", erased)};
  });
  const auto client = client_of(server.address());
  ASSERT_EQ(attempt(*client, Acquire{1}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Release{1}), (Attempt{failed, "etcdserver: too many requests"}));
  EXPECT_EQ(attempt(*client, Release{1}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Release{1}), (Attempt{failed, "it does not hold it"}));
}

}  // namespace
}  // namespace tribunal
