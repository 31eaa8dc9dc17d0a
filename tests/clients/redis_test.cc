// The client against a real Redis: every call, its answers, and what becomes of them when the
// server refuses or goes away.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "clients/redis/client.h"
#include "clients/redis/operator.h"
#include "tests/clients/attempt.h"
#include "tests/clients/real_redis.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

Deployment alone(const std::string& layout = "primary") {
  Deployment result;
  result.options["route"] = "node";
  result.call_timeout = Milliseconds(5000);
  result.options["layout"] = layout;
  return result;
}

void tell(const RealRedis& server, const RedisCommand& command) {
  ask_redis(server.address(), command, std::chrono::steady_clock::now() + std::chrono::seconds(10));
}

class Redis : public testing::Test {
 protected:
  void SetUp() override {
    if (RealRedis::binary().empty()) GTEST_SKIP() << "no Redis here: apt-get install redis-server";
    server_ = std::make_unique<RealRedis>();
    client_ = connect_redis(server_->address(), alone());
  }

  Attempt call(const Call& call) { return attempt(*client_, call); }
  template <class One>
  One done(const One& one) {
    const Attempt result = call(one);
    EXPECT_EQ(result, (Attempt{ok, ""}));
    const auto* answer = std::get_if<One>(&result.call);
    return answer != nullptr ? *answer : one;
  }

  std::unique_ptr<RealRedis> server_;
  std::unique_ptr<Client> client_;
};

TEST_F(Redis, Registers) {
  EXPECT_EQ(done(Read{7}).value, std::nullopt);
  for (const Int value : {Int{0}, Int{17}, Int{-3}, INT64_MAX, INT64_MIN}) {
    done(Write{7, value});
    EXPECT_EQ(done(Read{7}).value, value);
  }
  EXPECT_EQ(done(Read{70}).value, std::nullopt);
  done(Write{7, 1});
  EXPECT_EQ(call(Cas{7, 2, 3, {}}), (Attempt{failed, "value did not match"}));
  done(Cas{7, 1, 3, {}});
  EXPECT_EQ(done(Read{7}).value, 3);
  EXPECT_EQ(call(Cas{8, 0, 1, {}}), (Attempt{failed, "value did not match"}));
  done(Delete{7});
  EXPECT_EQ(done(Read{7}).value, std::nullopt);
}

TEST_F(Redis, SetsListsAndCounters) {
  for (const Int element : {5, -1, 5, 9}) done(Add{1, element});
  done(Remove{1, 9});
  auto elements = done(ReadSet{1, {}}).elements;
  std::sort(elements.begin(), elements.end());
  EXPECT_EQ(elements, (std::vector<Int>{-1, 5}));
  EXPECT_TRUE(done(ReadSet{2, {}}).elements.empty());
  for (const Int element : {3, 1, 2}) done(Append{1, element});
  EXPECT_EQ(done(ReadList{1, {}}).elements, (std::vector<Int>{3, 1, 2}));
  EXPECT_EQ(done(ReadCounter{1, {}}).value, std::nullopt);
  done(Increment{1, 5});
  done(Increment{1, -7});
  EXPECT_EQ(done(ReadCounter{1, {}}).value, -2);
  done(Increment{2, INT64_MAX});
  EXPECT_EQ(call(Increment{2, 1}), (Attempt{failed, "the counter is full"}));
}

TEST_F(Redis, QueuesAndIds) {
  EXPECT_EQ(done(Dequeue{1, {}}).element, std::nullopt);
  done(Enqueue{1, 4});
  done(Enqueue{1, 5});
  EXPECT_EQ(done(Dequeue{1, {}}).element, 4);
  EXPECT_EQ(done(Dequeue{1, {}}).element, 5);
  EXPECT_EQ(done(Dequeue{1, {}}).element, std::nullopt);
  const Int first = done(Generate{1, 0}).id;
  EXPECT_GT(done(Generate{1, 0}).id, first);
}

TEST_F(Redis, ALockIsHeldByOneAndFreedByItsHolderOnly) {
  const auto other = connect_redis(server_->address(), alone());
  done(Acquire{1, {}});
  EXPECT_EQ(attempt(*other, Acquire{1, {}}), (Attempt{failed, "another holds it"}));
  EXPECT_EQ(attempt(*other, Release{1}), (Attempt{failed, "it does not hold it"}));
  done(Release{1});
  EXPECT_EQ(call(Release{1}), (Attempt{failed, "it does not hold it"}));
  EXPECT_EQ(attempt(*other, Acquire{1, {}}), (Attempt{ok, ""}));
  // Lost to another, as by a fail-over: its token is not ours.
  tell(*server_, {"SET", "lock:{1}", "mine"});
  EXPECT_EQ(attempt(*other, Release{1}), (Attempt{failed, "it no longer holds it"}));
  EXPECT_EQ(call(Acquire{1, {}}), (Attempt{failed, "another holds it"}));
}

TEST_F(Redis, MoneyMovesWhereItIs) {
  const auto sum = [&] {
    const auto balances = done(ReadAccounts{1, {}}).balances;
    EXPECT_EQ(balances.size(), static_cast<std::size_t>(bank_accounts));
    return std::accumulate(balances.begin(), balances.end(), Int{0},
                           [](Int all, const auto& one) { return all + one.second; });
  };
  EXPECT_EQ(sum(), bank_accounts * opening_balance);
  done(Transfer{1, 0, 3, opening_balance});
  EXPECT_EQ(call(Transfer{1, 0, 3, 1}), (Attempt{failed, "not enough money"}));
  done(Transfer{1, 3, 5, 2 * opening_balance});
  EXPECT_EQ(sum(), bank_accounts * opening_balance);
  EXPECT_EQ(done(ReadAccounts{1, {}}).balances[5], (std::pair<Key, Int>{5, 3 * opening_balance}));
}

TEST_F(Redis, GroupsAreReadAtOnce) {
  done(WriteOne{1, 2, 9});
  EXPECT_EQ(done(ReadMany{1, {{0, {}}, {2, {}}}}).registers,
            (std::vector<std::pair<Key, std::optional<Int>>>{{0, std::nullopt}, {2, 9}}));
}

TEST_F(Redis, AKilledServerRefusesAndComesBackWithWhatItAcknowledged) {
  done(Write{1, 5});
  server_->kill();
  const Attempt write = call(Write{1, 6});
  EXPECT_EQ(write, (Attempt{failed, "connection refused"}));
  EXPECT_EQ(call(Read{1}).outcome, failed);
  server_->start();
  EXPECT_EQ(done(Read{1}).value, 5);
}

TEST_F(Redis, AFrozenServerLeavesAWriteUnknown) {
  Deployment hasty = alone();
  hasty.call_timeout = Milliseconds(300);
  const auto client = connect_redis(server_->address(), hasty);
  server_->freeze();
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{unknown, "timed out after 300 ms"}));
  EXPECT_EQ(attempt(*client, Read{1}), (Attempt{failed, "timed out after 300 ms"}));
  server_->thaw();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  EXPECT_TRUE(await_redis(until, [&] { return done(Read{1}).value == 6; }))
      << "it took no effect after all";
}

TEST_F(Redis, AReplicaRefusesWhatWritesAndServesOldReads) {
  done(Write{1, 5});
  const RealRedis replica({"--replicaof", "127.0.0.1", server_->port()});
  const auto client = connect_redis(replica.address(), alone());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  ASSERT_TRUE(
      await_redis(until, [&] { return std::get<Read>(client->invoke(Read{1})).value == 5; }));
  for (const Call& one : std::vector<Call>{
           Write{1, 6}, Cas{1, 5, 6, {}}, Delete{1}, Add{1, 1}, Append{1, 1}, Increment{1, 1},
           Enqueue{1, 1}, Dequeue{1, {}}, Acquire{1, {}}, Generate{1, 0}, Transfer{1, 0, 1, 1}})
    EXPECT_EQ(attempt(*client, one), (Attempt{failed, "READONLY"}));
  EXPECT_EQ(done(Read{1}).value, 5);

  Deployment waits = alone();
  waits.options["wait"] = "1";
  EXPECT_EQ(attempt(*connect_redis(server_->address(), waits), Write{1, 7}), (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(client->invoke(Read{1})).value, 7);
}

TEST_F(Redis, AWriteThatNoReplicaAcknowledgedIsThere) {
  Deployment waits = alone();
  waits.call_timeout = Milliseconds(2000);
  waits.options["wait"] = "1";
  const auto client = connect_redis(server_->address(), waits);
  EXPECT_EQ(attempt(*client, Write{1, 7}),
            (Attempt{unknown, "written; 0 of 1 replicas acknowledged it"}));
  EXPECT_EQ(done(Read{1}).value, 7);
}

TEST_F(Redis, WhatIsRefusedAtTheDoorHasNoEffect) {
  done(Write{1, 5});
  tell(*server_, {"CONFIG", "SET", "min-replicas-to-write", "1"});
  EXPECT_EQ(call(Write{1, 6}), (Attempt{failed, "NOREPLICAS"}));
  EXPECT_EQ(call(Cas{1, 5, 6, {}}), (Attempt{failed, "NOREPLICAS"}));
  EXPECT_EQ(call(Transfer{1, 0, 1, 1}), (Attempt{failed, "NOREPLICAS"}));
  tell(*server_, {"CONFIG", "SET", "min-replicas-to-write", "0"});
  tell(*server_, {"CONFIG", "SET", "maxmemory", "1"});
  EXPECT_EQ(call(Write{1, 6}), (Attempt{failed, "OOM"}));
  EXPECT_EQ(call(Cas{1, 5, 6, {}}), (Attempt{failed, "OOM"}));
  tell(*server_, {"CONFIG", "SET", "maxmemory", "0"});
  EXPECT_EQ(done(Read{1}).value, 5);
  EXPECT_EQ(done(ReadAccounts{1, {}}).balances[1].second, opening_balance);
  tell(*server_, {"SADD", "register:{2}", "x"});
  EXPECT_EQ(call(Read{2}), (Attempt{failed, "WRONGTYPE"}));
  EXPECT_EQ(call(Cas{2, 1, 2, {}}), (Attempt{failed, "WRONGTYPE"}));
}

TEST_F(Redis, ANodeOfNoClusterIsDown) {
  const RealRedis node({"--cluster-enabled", "yes"});
  const auto client = connect_redis(node.address(), alone("cluster"));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{failed, "CLUSTERDOWN"}));
  EXPECT_EQ(attempt(*client, Cas{1, 5, 6, {}}), (Attempt{failed, "CLUSTERDOWN"}));
}

TEST_F(Redis, AServerWithAPasswordLetsInWhoHasIt) {
  const RealRedis guarded({"--requirepass", "secret"});
  Deployment one = alone();
  EXPECT_EQ(attempt(*connect_redis(guarded.address(), one), Write{1, 5}),
            (Attempt{failed, "NOAUTH Authentication required."}));
  one.access.password = "wrong";
  EXPECT_EQ(attempt(*connect_redis(guarded.address(), one), Write{1, 5}),
            (Attempt{failed, "the server does not take the password"}));
  one.access.password = "secret";
  EXPECT_EQ(attempt(*connect_redis(guarded.address(), one), Write{1, 5}), (Attempt{ok, ""}));
}

}  // namespace
}  // namespace tribunal
