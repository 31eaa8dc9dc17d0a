// PostgreSQL in a cell: every call, what is lost on the wire, and fail-over by promotion.
#include <gtest/gtest.h>

#include "clients/postgresql/deploy.h"
#include "harness/cluster/cell.h"
#include "harness/record/error.h"
#include "tests/clients/sql_calls.h"
#include "tests/clients/sql_cluster.h"
#include "tests/clients/sql_wire.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

// Skipped where there is no server, or no cell.
class Postgresql : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      postgresql().find("");
    } catch (const Error& missing) {
      GTEST_SKIP() << missing.what();
    }
    static const auto checks = check_cell();
    for (const CellCheck& check : checks)
      if (!check.works) GTEST_SKIP() << check.what << ": " << check.why;
  }
};

TEST_F(Postgresql, ServesEveryCallAtEachIsolationAndOutlivesAKill) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, postgresql(), {{"layout", "single"}});
    Key key = 1;
    for (const char* isolation : {"read-committed", "repeatable-read", "serializable"}) {
      nodes.deployment().options.at("isolation") = isolation;
      serve_every_call(nodes, key++);
    }
    nodes.deployment().options.at("bank") = "ledger";
    serve_a_bank(nodes, key);
    nodes.kill(0);
    EXPECT_EQ(nodes.call(0, Write{50, 1}), (Attempt{failed, "Connection refused"}));
    nodes.start(0);
    ASSERT_TRUE(nodes.ready(0));
    EXPECT_EQ(std::get<Read>(nodes.call(0, Read{1}).call).value, 3);
  });
}

TEST_F(Postgresql, WhatTheWireLosesIsUnknownOnlyOnceItMayHaveCommitted) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, postgresql(), {{"layout", "single"}});
    nodes.deployment().call_timeout = Milliseconds(3000);
    LossyWire wire(cluster.host(0).address(), 5432);
    lose_each_way(nodes, wire);
  });
}

TEST_F(Postgresql, ASessionThatWasEndedMeanwhileIsNotUsed) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, postgresql(), {{"layout", "single"}});
    const auto client = nodes.client(0);
    ASSERT_EQ(attempt(*client, Write{1, 1}).outcome, ok);
    nodes.kill(0);
    EXPECT_EQ(attempt(*client, Write{1, 2}).outcome, failed);
    nodes.start(0);
    ASSERT_TRUE(nodes.ready(0));
    EXPECT_EQ(attempt(*client, Write{1, 3}).outcome, ok);
  });
}

TEST_F(Postgresql, AReplicaIsPromotedAndTheOldPrimaryFollowsIt) {
  in_cell(3, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, postgresql(), {{"failover-after", "1000"}});
    EXPECT_EQ(nodes.role(0), "leader");
    EXPECT_EQ(nodes.role(1), "follower");
    EXPECT_EQ(nodes.call(1, Write{1, 1}), (Attempt{failed, "a replica"}));
    EXPECT_EQ(nodes.call(1, Read{1}), (Attempt{failed, "a replica"}));
    ASSERT_EQ(nodes.call(0, Write{1, 7}).outcome, ok);
    nodes.signal(0, SIGSTOP);  // alive, but not to be trusted
    ASSERT_TRUE(SqlCluster::eventually(
        [&] { return nodes.role(1) == "leader" || nodes.role(2) == "leader"; }));
    const std::size_t primary = nodes.role(1) == "leader" ? 1 : 2;
    for (std::size_t i = 0; i < 3; ++i) EXPECT_TRUE(nodes.ready(i)) << i;
    EXPECT_EQ(nodes.role(0), "follower");
    EXPECT_EQ(std::get<Read>(nodes.call(primary, Read{1}).call).value, 7);
    EXPECT_EQ(nodes.call(primary, Write{1, 8}).outcome, ok);
    EXPECT_EQ(nodes.call(0, Write{1, 9}).outcome, failed);
    nodes.deployment().options.at("reads") = "replica";
    EXPECT_TRUE(SqlCluster::eventually(
        [&] { return std::get<Read>(nodes.call(0, Read{1}).call).value == 8; }));
  });
}

TEST_F(Postgresql, WithoutAQuorumACommitIsUnknown) {
  in_cell(3, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, postgresql(), {});
    ASSERT_EQ(nodes.call(0, Write{1, 1}).outcome, ok);
    nodes.kill(1);
    nodes.kill(2);
    nodes.deployment().call_timeout = Milliseconds(2000);
    EXPECT_EQ(nodes.call(0, Write{1, 2}), (Attempt{unknown, "timed out"}));
    EXPECT_EQ(std::get<Read>(nodes.call(0, Read{1}).call).value, 1);  // nobody sees it yet
    nodes.signal(0, SIGINT);  // a fast shutdown breaks off its wait
  });
}

}  // namespace
}  // namespace tribunal
