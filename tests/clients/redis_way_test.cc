// How the client finds who is to carry out its command, and that to find nobody is a refusal: what
// Sentinels name, and what the nodes of a cluster say of each other's keys.
#include <gtest/gtest.h>

#include "clients/redis/client.h"
#include "clients/redis/slot.h"
#include "tests/clients/attempt.h"
#include "tests/clients/redis_impostor.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;
constexpr Milliseconds patient{10000};
const Reply done{"+OK\r\n"};
const std::string primary_role = "*3\r\n" + bulk("master") + ":7\r\n*0\r\n";
const std::string replica_role =
    "*5\r\n" + bulk("slave") + bulk("127.0.0.1") + ":6379\r\n" + bulk("connected") + ":7\r\n";

Deployment deployment(const std::string& layout, std::vector<std::string> addresses = {}) {
  Deployment result;
  result.call_timeout = patient;
  result.options["layout"] = layout;
  result.options["route"] = "sentinels";
  result.addresses = std::move(addresses);
  return result;
}

TEST(RedisSlot, IsThatOfTheSpecification) {
  EXPECT_EQ(slot_of("123456789"), 0x31c3);
  EXPECT_EQ(slot_of("foo"), 12182);
  EXPECT_EQ(slot_of("{user1000}.following"), slot_of("user1000"));
  EXPECT_EQ(slot_of("foo{{bar}}zap"), slot_of("{bar"));
  EXPECT_NE(slot_of("foo{}{bar}"), slot_of("bar"));
}

// A server and the Sentinel beside it, which names `primary`; empty: it knows none.
struct Node {
  explicit Node(RedisImpostor::Script server_script, PortPair ports = bound_pair())
      : server(std::move(server_script), std::move(ports.server)),
        sentinel([this](std::size_t, const RedisCommand&) { return named(); },
                 std::move(ports.sentinel)) {}

  void name(const std::string& address) {
    const std::scoped_lock lock(mutex);
    primary = address;
  }
  Reply named() {
    const std::scoped_lock lock(mutex);
    if (primary.empty()) return {"*-1\r\n"};
    const std::size_t colon = primary.rfind(':');
    return {bulks({primary.substr(0, colon), primary.substr(colon + 1)})};
  }

  std::mutex mutex;
  std::string primary;  // guarded by mutex
  RedisImpostor server, sentinel;
};

Reply as_primary(std::size_t, const RedisCommand& command) {
  return command[0] == "ROLE" ? Reply{primary_role} : done;
}
Reply as_replica(std::size_t, const RedisCommand& command) {
  return command[0] == "ROLE" ? Reply{replica_role} : Reply{"-READONLY x\r\n"};
}

TEST(RedisSentinel, TheNearestIsAskedAndThePrimaryAskedWhetherItIsOne) {
  Node near(as_replica), far(as_primary);
  near.name(far.server.address());
  const auto client = connect_redis(
      near.server.address(), deployment("sentinel", {far.server.address(), near.server.address()}));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{ok, ""}));
  EXPECT_EQ(near.sentinel.commands().size(), 1u);
  EXPECT_EQ(far.sentinel.commands().size(), 0u);
  EXPECT_EQ(far.server.count("ROLE"), 1u);
  EXPECT_EQ(far.server.count("SET"), 2u);
  EXPECT_EQ(near.server.commands().size(), 0u);
}

TEST(RedisSentinel, OneThatNamesAReplicaOrNobodyIsPassedOver) {
  for (const bool knows_one : {false, true}) {
    Node near(as_replica), far(as_primary);
    if (knows_one) near.name(near.server.address());
    far.name(far.server.address());
    const auto client =
        connect_redis(near.server.address(),
                      deployment("sentinel", {near.server.address(), far.server.address()}));
    EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
    EXPECT_EQ(near.server.count("SET"), 0u);
    EXPECT_EQ(far.server.count("SET"), 1u);
  }
}

TEST(RedisSentinel, WithoutAPrimaryNothingIsSent) {
  Node near(as_replica);
  near.name(near.server.address());
  const Socket dead = bound_socket();
  const auto client =
      connect_redis(near.server.address(), deployment("sentinel", {near.server.address()}));
  EXPECT_EQ(attempt(*client, Write{1, 5}),
            (Attempt{failed, "no Sentinel names a primary that answers"}));
  EXPECT_EQ(near.server.count("SET"), 0u);
  near.name(address_of(dead));
  EXPECT_EQ(attempt(*client, Write{1, 5}),
            (Attempt{failed, "no Sentinel names a primary that answers"}));
}

// A primary that was put down: refused, not sent elsewhere in the same call, and asked for anew.
TEST(RedisSentinel, IsAskedAnewAfterARefusal) {
  std::atomic<bool> was_put_down{false};
  Node near([&](std::size_t number, const RedisCommand& command) {
    if (command[0] == "ROLE") return Reply{was_put_down ? replica_role : primary_role};
    return was_put_down ? as_replica(number, command) : done;
  });
  Node far(as_primary);
  near.name(near.server.address());
  const auto client = connect_redis(
      near.server.address(), deployment("sentinel", {near.server.address(), far.server.address()}));
  ASSERT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  was_put_down = true;
  near.name(far.server.address());
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{failed, "READONLY"}));
  EXPECT_EQ(attempt(*client, Write{1, 7}), (Attempt{ok, ""}));
  EXPECT_EQ(near.server.count("SET"), 2u);
  EXPECT_EQ(far.server.count("SET"), 1u);
}

std::unique_ptr<Client> local_client(const Node& node, const char* layout) {
  Deployment local = deployment(layout, {node.server.address()});
  local.options["route"] = "local";
  return connect_redis(node.server.address(), local);
}

TEST(RedisLocal, TheOwnSentinelSaysAtEachCallWhoIsPrimary) {
  Node near(as_replica), far(as_primary), heir(as_primary);
  near.name(far.server.address());
  const auto client = local_client(near, "sentinel");
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{ok, ""}));
  EXPECT_EQ(far.server.count("SET"), 2u);
  EXPECT_EQ(far.server.count("ROLE"), 1u);
  near.name(heir.server.address());
  EXPECT_EQ(attempt(*client, Write{1, 7}), (Attempt{ok, ""}));
  EXPECT_EQ(far.server.count("SET"), 2u);
  EXPECT_EQ(heir.server.count("SET"), 1u);
  near.name("");
  EXPECT_EQ(attempt(*client, Write{1, 8}), (Attempt{failed, "its Sentinel knows no primary"}));
  near.name(near.server.address());
  EXPECT_EQ(attempt(*client, Write{1, 8}), (Attempt{failed, "whom its node names is no primary"}));
  EXPECT_EQ(near.sentinel.commands().size(), 5u);
}

TEST(RedisLocal, ANodeThatCannotBeAskedIsARefusal) {
  RedisImpostor mute([](std::size_t, const RedisCommand&) { return Reply{"", Then::close}; });
  Deployment local = deployment("primary");
  local.options["route"] = "local";
  EXPECT_EQ(attempt(*connect_redis(mute.address(), local), Write{1, 5}),
            (Attempt{failed, "nobody says who is primary"}));
  EXPECT_EQ(mute.count("SET"), 0u);
  const Socket closed = bound_socket();
  EXPECT_EQ(attempt(*connect_redis(address_of(closed), local), Write{1, 5}),
            (Attempt{failed, "connection refused"}));
}

TEST(RedisLocal, ANodeThatTalksNonsenseIsARefusal) {
  RedisImpostor babbler([](std::size_t, const RedisCommand&) { return Reply{":1\r\n"}; });
  Deployment local = deployment("primary");
  local.options["route"] = "local";
  EXPECT_EQ(attempt(*connect_redis(babbler.address(), local), Write{1, 5}),
            (Attempt{failed, "the answer is no role"}));
}

TEST(RedisLocal, WithoutSentinelsTheServerSaysWhomItFollows) {
  Node far(as_primary);
  const std::string port = far.server.address().substr(far.server.address().rfind(':') + 1);
  Node near([&](std::size_t, const RedisCommand&) {
    return Reply{"*5\r\n" + bulk("slave") + bulk("127.0.0.1") + ":" + port + "\r\n" +
                 bulk("connect") + ":7\r\n"};
  });
  EXPECT_EQ(attempt(*local_client(near, "primary"), Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*local_client(far, "primary"), Write{1, 6}), (Attempt{ok, ""}));
  EXPECT_EQ(far.server.count("SET"), 2u);
  EXPECT_EQ(near.server.count("SET"), 0u);
}

TEST(RedisReads, GoToTheOwnNodeWhereTheyMayBeOld) {
  Node near([](std::size_t, const RedisCommand&) { return Reply{bulk("4")}; }), far(as_primary);
  near.name(far.server.address());
  Deployment stale = deployment("sentinel", {near.server.address(), far.server.address()});
  stale.options["reads"] = "replica";
  const auto client = connect_redis(near.server.address(), stale);
  const Attempt read = attempt(*client, Read{1});
  EXPECT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, 4);
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(near.server.count("GET"), 1u);
  EXPECT_EQ(far.server.count("SET"), 1u);
}

TEST(RedisRoute, ToTheNodeStaysThere) {
  Node near(as_replica);
  Deployment own = deployment("sentinel", {near.server.address()});
  own.options["route"] = "node";
  EXPECT_EQ(attempt(*connect_redis(near.server.address(), own), Write{1, 5}),
            (Attempt{failed, "READONLY"}));
  EXPECT_EQ(near.sentinel.commands().size(), 0u);
}

TEST(RedisCluster, AKeyThatMovedIsAskedForWhereItIsSaidToBeAndThenAtOnce) {
  RedisImpostor owner([](std::size_t, const RedisCommand&) { return done; });
  RedisImpostor own([&](std::size_t, const RedisCommand&) {
    return Reply{"-MOVED 9842 " + owner.address() + "\r\n"};
  });
  const auto client = connect_redis(own.address(), deployment("cluster"));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{ok, ""}));
  EXPECT_EQ(own.commands().size(), 1u);
  EXPECT_EQ(owner.commands().size(), 2u);
  EXPECT_EQ(attempt(*client, Write{2, 5}), (Attempt{ok, ""}));  // of another slot
  EXPECT_EQ(own.commands().size(), 2u);
}

TEST(RedisCluster, AKeyThatIsMovingIsAskedForOnce) {
  RedisImpostor other([](std::size_t, const RedisCommand&) { return done; });
  RedisImpostor own([&](std::size_t number, const RedisCommand&) {
    return number == 0 ? Reply{"-ASK 9842 " + other.address() + "\r\n"} : done;
  });
  const auto client = connect_redis(own.address(), deployment("cluster"));
  EXPECT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  ASSERT_EQ(other.commands().size(), 2u);
  EXPECT_EQ(other.commands()[0], (RedisCommand{"ASKING"}));
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{ok, ""}));
  EXPECT_EQ(own.commands().size(), 2u);
}

TEST(RedisCluster, NodesThatSendEachOtherTheClientAreNotFollowedForEver) {
  std::string there;
  RedisImpostor own(
      [&](std::size_t, const RedisCommand&) { return Reply{"-MOVED 9842 " + there + "\r\n"}; });
  there = own.address();
  EXPECT_EQ(attempt(*connect_redis(own.address(), deployment("cluster")), Write{1, 5}),
            (Attempt{failed, "moved to another node"}));
  EXPECT_EQ(own.commands().size(), 6u);
}

TEST(RedisCluster, AnOwnerThatNobodyKnowsIsARefusal) {
  for (const char* error : {"-MOVED 9842 :6379\r\n", "-MOVED\r\n", "-CLUSTERDOWN x\r\n"}) {
    RedisImpostor own([&](std::size_t, const RedisCommand&) { return Reply{error}; });
    const auto client = connect_redis(own.address(), deployment("cluster"));
    const Attempt write = attempt(*client, Write{1, 5});
    EXPECT_EQ(write.outcome, std::string(error) == "-MOVED\r\n" ? unknown : failed) << write;
    EXPECT_EQ(own.commands().size(), 1u);
  }
}

TEST(RedisCluster, AnOwnerThatIsDeadIsAskedForAnew) {
  std::atomic<bool> moved{false};
  auto owner =
      std::make_unique<RedisImpostor>([](std::size_t, const RedisCommand&) { return done; });
  const std::string first = owner->address();
  RedisImpostor own([&](std::size_t, const RedisCommand&) {
    return moved ? done : Reply{"-MOVED 9842 " + first + "\r\n"};
  });
  const auto client = connect_redis(own.address(), deployment("cluster"));
  ASSERT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  owner.reset();
  moved = true;
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{ok, ""}));
  EXPECT_EQ(own.commands().size(), 2u);
}

// Nobody knows whether the owner has carried it out, so it is sent to nobody else.
TEST(RedisCluster, AnAnswerThatWasLostIsNotAskedForElsewhere) {
  RedisImpostor owner([](std::size_t, const RedisCommand&) { return Reply{"", Then::close}; });
  RedisImpostor own([&](std::size_t number, const RedisCommand&) {
    return number == 0 ? Reply{"-MOVED 9842 " + owner.address() + "\r\n"} : done;
  });
  const auto client = connect_redis(own.address(), deployment("cluster"));
  EXPECT_EQ(attempt(*client, Write{1, 5}).outcome, unknown);
  EXPECT_EQ(own.commands().size(), 1u);
  EXPECT_EQ(attempt(*client, Write{1, 6}), (Attempt{ok, ""}));  // the owner is looked for again
  EXPECT_EQ(own.commands().size(), 2u);
}

TEST(RedisCluster, ReadsThatMayBeOldAreAskedOfTheOwnNodeAsAReplica) {
  RedisImpostor owner([](std::size_t, const RedisCommand&) { return done; });
  RedisImpostor own([&](std::size_t, const RedisCommand& command) {
    if (command[0] == "READONLY") return done;
    if (command[0] == "GET") return Reply{bulk("4")};
    return Reply{"-MOVED 9842 " + owner.address() + "\r\n"};
  });
  Deployment stale = deployment("cluster");
  stale.options["reads"] = "replica";
  const auto client = connect_redis(own.address(), stale);
  ASSERT_EQ(attempt(*client, Write{1, 5}), (Attempt{ok, ""}));
  const Attempt read = attempt(*client, Read{1});
  ASSERT_EQ(read, (Attempt{ok, ""}));
  EXPECT_EQ(std::get<Read>(read.call).value, 4);
}

}  // namespace
}  // namespace tribunal
