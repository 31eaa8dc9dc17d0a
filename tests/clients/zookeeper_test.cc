// The client against a real ZooKeeper: every call, its answers, and what becomes of them when an
// answer is lost or the server goes away.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "clients/zookeeper/client.h"
#include "tests/clients/attempt.h"
#include "tests/clients/zookeeper_proxy.h"
#include "tests/clients/zookeeper_server.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

Deployment patient(std::map<std::string, std::string> options = {}) {
  Deployment deployment;
  deployment.call_timeout = Milliseconds(20000);
  deployment.options = std::move(options);
  return deployment;
}

class ZooKeeper : public testing::Test {
 protected:
  void SetUp() override {
    const std::string why = ZooServer::missing();
    if (!why.empty()) GTEST_SKIP() << why;
    server_ = std::make_unique<ZooServer>();
    client_ = connect_zookeeper(server_->address(), patient());
  }

  Attempt call(const Call& call) { return attempt(*client_, call); }
  template <class One>
  One done(const One& one) {
    const Attempt result = call(one);
    EXPECT_EQ(result, (Attempt{ok, ""}));
    const auto* answer = std::get_if<One>(&result.call);
    return answer != nullptr ? *answer : one;
  }
  // Again and again, since the server may be on its way back; null: never within a minute.
  template <class One>
  std::optional<One> done_in_the_end(const One& one) {
    for (int i = 0; i < 3; ++i) {
      const Attempt result = call(one);
      if (result.outcome == ok) return std::get<One>(result.call);
    }
    return {};
  }

  std::unique_ptr<ZooServer> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(ZooKeeper, Registers) {
  EXPECT_EQ(done(Read{7}).value, std::nullopt);
  Version last = 0;
  for (const Int value : {Int{0}, Int{17}, Int{-3}, INT64_MAX, INT64_MIN}) {
    const Version written = done(Write{7, value}).version;
    const Read read = done(Read{7});
    EXPECT_EQ(read.value, value);
    EXPECT_EQ(read.version, written);
    EXPECT_GT(written, last);
    last = written;
  }
  done(Write{7, 1});
  EXPECT_EQ(call(Cas{7, 2, 3, {}}), (Attempt{failed, "value did not match"}));
  const Version swapped = done(Cas{7, 1, 3, {}}).version;
  EXPECT_EQ(done(Read{7}).value, 3);
  EXPECT_EQ(done(Read{7}).version, swapped);
  EXPECT_EQ(call(Cas{8, 0, 1, {}}), (Attempt{failed, "value did not match"}));
  done(Delete{7});
  EXPECT_EQ(done(Read{7}).value, std::nullopt);
  EXPECT_GT(done(Write{7, 4}).version, swapped);
  done(Delete{70});
  EXPECT_EQ(done(Read{70}).value, std::nullopt);
}

TEST_F(ZooKeeper, SetsListsCountersAndIds) {
  for (const Int element : {5, -1, 5, 9}) done(Add{1, element});
  done(Remove{1, 9});
  done(Remove{1, 10});
  auto elements = done(ReadSet{1, {}}).elements;
  std::sort(elements.begin(), elements.end());
  EXPECT_EQ(elements, (std::vector<Int>{-1, 5}));
  EXPECT_TRUE(done(ReadSet{2, {}}).elements.empty());
  for (const Int element : {3, -1, 2}) done(Append{1, element});
  EXPECT_EQ(done(ReadList{1, {}}).elements, (std::vector<Int>{3, -1, 2}));
  EXPECT_TRUE(done(ReadList{2, {}}).elements.empty());
  EXPECT_EQ(done(ReadCounter{1, {}}).value, std::nullopt);
  done(Increment{1, 5});
  done(Increment{1, -7});
  EXPECT_EQ(done(ReadCounter{1, {}}).value, -2);
  done(Increment{2, INT64_MAX});
  EXPECT_EQ(call(Increment{2, 1}), (Attempt{failed, "the counter is full"}));
  const Int first = done(Generate{1, 0}).id;
  EXPECT_GT(done(Generate{1, 0}).id, first);
}

TEST_F(ZooKeeper, QueuesUnderEachSync) {
  for (const char* sync : {"quorum", "on", "off"}) {
    client_ = connect_zookeeper(server_->address(), patient({{"sync", sync}}));
    EXPECT_EQ(done(Dequeue{1, {}}).element, std::nullopt);
    for (Int element = 0; element < 12; ++element) done(Enqueue{1, 20 - element});
    for (Int element = 0; element < 12; ++element)
      EXPECT_EQ(done(Dequeue{1, {}}).element, 20 - element);
    EXPECT_EQ(done(Dequeue{1, {}}).element, std::nullopt);
  }
}

TEST_F(ZooKeeper, ALockIsHeldByOneAndFreedByItsHolderOnly) {
  for (const char* lock : {"plain", "ephemeral"}) {
    client_ = connect_zookeeper(server_->address(), patient({{"lock", lock}}));
    const auto other = connect_zookeeper(server_->address(), patient({{"lock", lock}}));
    const Version fence = done(Acquire{1, {}}).fence;
    EXPECT_EQ(attempt(*other, Acquire{1, {}}), (Attempt{failed, "another holds it"}));
    EXPECT_EQ(attempt(*other, Release{1}), (Attempt{failed, "it does not hold it"}));
    done(Release{1});
    EXPECT_EQ(call(Release{1}), (Attempt{failed, "it does not hold it"}));
    const Attempt second = attempt(*other, Acquire{1, {}});
    ASSERT_EQ(second, (Attempt{ok, ""}));
    EXPECT_GT(std::get<Acquire>(second.call).fence, fence);
    EXPECT_EQ(attempt(*other, Release{1}), (Attempt{ok, ""}));
  }
}

TEST_F(ZooKeeper, AnEphemeralLockGoesWithItsSessionAndAPlainOneStays) {
  const Deployment ephemeral = patient({{"lock", "ephemeral"}});
  auto holder = connect_zookeeper(server_->address(), ephemeral);
  EXPECT_EQ(attempt(*holder, Acquire{1, {}}), (Attempt{ok, ""}));
  done(Acquire{2, {}});
  holder.reset();
  client_ = connect_zookeeper(server_->address(), ephemeral);
  EXPECT_EQ(call(Acquire{1, {}}), (Attempt{ok, ""}));
  EXPECT_EQ(call(Acquire{2, {}}), (Attempt{failed, "another holds it"}));
}

TEST_F(ZooKeeper, AKilledServerRefusesAndComesBackWithWhatItAcknowledged) {
  done(Write{1, 5});
  server_->kill();
  Deployment hasty = patient();
  hasty.call_timeout = Milliseconds(300);
  EXPECT_EQ(attempt(*connect_zookeeper(server_->address(), hasty), Write{1, 6}),
            (Attempt{failed, "no connection in time"}));
  server_->start();
  const auto read = done_in_the_end(Read{1});
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->value, 5);
}

TEST_F(ZooKeeper, WhoseSessionExpiredHasNoLockAndFreesNoOther) {
  ZooProxy proxy(server_->address());
  const Deployment brief = patient({{"lock", "ephemeral"}, {"session-timeout", "1000"}});
  const auto holder = connect_zookeeper(proxy.address(), brief);
  const auto other = connect_zookeeper(server_->address(), patient({{"lock", "ephemeral"}}));
  ASSERT_EQ(attempt(*holder, Acquire{1, {}}), (Attempt{ok, ""}));
  proxy.part();
  Attempt taken;
  for (int i = 0; i < 600 && taken.outcome != ok; ++i) {
    taken = attempt(*other, Acquire{1, {}});
    std::this_thread::sleep_for(Milliseconds(100));
  }
  ASSERT_EQ(taken, (Attempt{ok, ""})) << "the lock outlived its session";
  proxy.join();
  EXPECT_EQ(attempt(*holder, Release{1}).outcome, failed);
  EXPECT_EQ(attempt(*holder, Acquire{1, {}}), (Attempt{failed, "another holds it"}));
  EXPECT_EQ(attempt(*other, Release{1}), (Attempt{ok, ""}));
}

// The effect is there exactly where the request passed.
TEST_F(ZooKeeper, WhatIsLostOnTheWayIsUnknownAndIsNeverSentAgain) {
  done(Write{1, 5});
  for (const ZooFate fate : {ZooFate::lose_request, ZooFate::lose_answer}) {
    ZooProxy proxy(server_->address());
    const auto client = connect_zookeeper(proxy.address(), patient({{"sync", "off"}}));
    ASSERT_EQ(attempt(*client, Read{1}), (Attempt{ok, ""}));
    proxy.destine(ZooKind::set, fate);
    EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{unknown, "connection lost"}));
    proxy.destine(ZooKind::set, ZooFate::pass);
    const bool passed = fate == ZooFate::lose_answer;
    const Attempt after = attempt(*client, Read{1});
    ASSERT_EQ(after, (Attempt{ok, ""}));
    EXPECT_EQ(std::get<Read>(after.call).value, passed ? 6 : 5);
    EXPECT_EQ(proxy.came(ZooKind::set), 1u) << "it was sent again";
  }
  ZooProxy proxy(server_->address());
  const auto client = connect_zookeeper(proxy.address(), patient({{"sync", "off"}}));
  ASSERT_EQ(attempt(*client, Append{1, 1}), (Attempt{ok, ""}));
  const std::size_t before = proxy.came(ZooKind::create);
  proxy.destine(ZooKind::create, ZooFate::lose_answer);
  EXPECT_EQ(attempt(*client, Append{1, 2}), (Attempt{unknown, "connection lost"}));
  EXPECT_EQ(proxy.came(ZooKind::create), before + 1);
  EXPECT_EQ(done(ReadList{1, {}}).elements, (std::vector<Int>{1, 2}));
}

TEST_F(ZooKeeper, AReadWhoseAnswerIsLostIsFailed) {
  ZooProxy proxy(server_->address());
  const auto client = connect_zookeeper(proxy.address(), patient());
  ASSERT_EQ(attempt(*client, Read{1}), (Attempt{ok, ""}));
  proxy.destine(ZooKind::get, ZooFate::lose_answer);
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "connection lost"}));
  proxy.destine(ZooKind::get, ZooFate::pass);
  proxy.destine(ZooKind::set, ZooFate::lose_answer);
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "connection lost"}))
      << "the write before it is nobody's";
}

TEST_F(ZooKeeper, WhatIsSwallowedEndsInTime) {
  ZooProxy proxy(server_->address());
  Deployment hasty = patient({{"sync", "off"}});
  hasty.call_timeout = Milliseconds(1000);
  const auto client = connect_zookeeper(proxy.address(), hasty);
  bool connected = false;  // which may take a slow machine its time
  for (int i = 0; i < 30 && !connected; ++i) connected = attempt(*client, Read{1}).outcome == ok;
  ASSERT_TRUE(connected);
  proxy.destine(ZooKind::set, ZooFate::swallow);
  proxy.destine(ZooKind::get, ZooFate::swallow);
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{unknown, "timed out after 1000 ms"}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "timed out after 1000 ms"}));
  EXPECT_EQ(done(Read{1}).value, std::nullopt);
}

TEST_F(ZooKeeper, BeforeAReadStandsWhatTheOptionSays) {
  ZooProxy proxy(server_->address());
  done(Write{1, 5});
  const auto read = [&](const char* sync) {
    const std::size_t sets = proxy.came(ZooKind::set), syncs = proxy.came(ZooKind::sync);
    const auto client = connect_zookeeper(proxy.address(), patient({{"sync", sync}}));
    EXPECT_EQ(attempt(*client, Read{1}), (Attempt{ok, ""}));
    return std::make_pair(proxy.came(ZooKind::set) - sets, proxy.came(ZooKind::sync) - syncs);
  };
  using Counts = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(read("quorum"), (Counts{1, 0}));
  EXPECT_EQ(read("on"), (Counts{0, 1}));
  EXPECT_EQ(read("off"), (Counts{0, 0}));
}

TEST_F(ZooKeeper, WhoComesFromAnotherServerHasThisOneCatchUpOnce) {
  ZooProxy proxy(server_->address());
  done(Write{1, 5});
  const auto client = connect_zookeeper(proxy.address(), patient({{"sync", "off"}}));
  client->carry(client_->token());
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{ok, ""}));
  EXPECT_EQ(proxy.came(ZooKind::set), 1u);
}

}  // namespace
}  // namespace tribunal
