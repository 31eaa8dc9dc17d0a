// PostgreSQL with standbys in cells: fail-over by promotion, and commits that no standby has.
#include <gtest/gtest.h>

#include "clients/postgresql/deploy.h"
#include "tests/clients/sql_cluster.h"
#include "tests/clients/sql_server_needed.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed, unknown = Outcome::unknown;

class Standbys : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = why_no_server(postgresql()); !why.empty()) GTEST_SKIP() << why;
  }
};

TEST_F(Standbys, AReplicaIsPromotedAndTheOldPrimaryFollowsIt) {
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

TEST_F(Standbys, WithoutAQuorumACommitIsUnknown) {
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
