// PostgreSQL under Patroni in a cell: one leads, another takes over, and what was acknowledged
// stays.
#include <gtest/gtest.h>

#include "clients/postgresql/deploy.h"
#include "harness/cluster/command.h"
#include "tests/clients/sql_cluster.h"
#include "tests/clients/sql_server_needed.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed;

class Patroni : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = why_no_server(postgresql()); !why.empty()) GTEST_SKIP() << why;
    for (const char* program : {"patroni", "etcd"})
      if (!find_program(program)) GTEST_SKIP() << program << " is not installed";
  }
};

// Which of the nodes leads, but for one; none: their number.
std::size_t leader_among(SqlCluster& nodes, std::size_t but_for) {
  for (std::size_t i = 0; i < 3; ++i)
    if (i != but_for && nodes.role(i) == "leader") return i;
  return 3;
}

TEST_F(Patroni, AnotherTakesOverWithAllThatWasAcknowledged) {
  in_cell(3, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, postgresql(), {{"layout", "patroni"}, {"ttl", "10"}});
    const std::size_t first = leader_among(nodes, 3);
    ASSERT_LT(first, 3u);
    const std::size_t other = (first + 1) % 3;
    EXPECT_EQ(nodes.role(other), "follower");
    EXPECT_EQ(nodes.call(other, Write{1, 1}), (Attempt{failed, "a replica"}));
    ASSERT_EQ(nodes.call(first, Write{1, 7}).outcome, ok);
    nodes.kill(first);
    std::size_t second = 3;
    ASSERT_TRUE(SqlCluster::eventually([&] {
      second = leader_among(nodes, first);
      return second < 3;
    }));
    EXPECT_TRUE(SqlCluster::eventually(
        [&] { return std::get<Read>(nodes.call(second, Read{1}).call).value == 7; }));
    EXPECT_TRUE(SqlCluster::eventually([&] {
      return nodes.call(second, Write{1, 8}).outcome == ok;
    }));
    nodes.start(first);
    ASSERT_TRUE(nodes.ready(first));
    EXPECT_TRUE(nodes.comes_to_be(first, "follower"));
  });
}

}  // namespace
}  // namespace tribunal
