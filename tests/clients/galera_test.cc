// MariaDB's Galera clusters in cells.
#include <gtest/gtest.h>

#include "clients/mariadb/deploy.h"
#include "clients/mariadb/start.h"
#include "tests/clients/sql_cluster.h"
#include "tests/clients/sql_server_needed.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed;

class Galera : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const auto why = why_no_server(mariadb()); !why.empty()) GTEST_SKIP() << why;
    if (galera_provider().empty()) GTEST_SKIP() << "Galera is not installed";
  }
};

TEST_F(Galera, AClusterServesOnEveryNodeAndRefusesWithoutAQuorum) {
  in_cell(3, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, mariadb(), {});
    ASSERT_EQ(nodes.call(0, Write{1, 7}).outcome, ok);
    for (std::size_t i = 0; i < 3; ++i) {
      EXPECT_EQ(nodes.role(i), "leader");
      EXPECT_EQ(std::get<Read>(nodes.call(i, Read{1}).call).value, 7) << i;
    }
    nodes.kill(1);
    nodes.kill(2);
    ASSERT_TRUE(nodes.comes_to_be(0, "follower"));
    EXPECT_EQ(nodes.call(0, Write{1, 8}).outcome, failed);
    EXPECT_EQ(nodes.call(0, Read{1}).outcome, failed);
    nodes.start(1);
    nodes.start(2);
    for (std::size_t i = 0; i < 3; ++i) ASSERT_TRUE(nodes.ready(i)) << i;
    EXPECT_EQ(std::get<Read>(nodes.call(2, Read{1}).call).value, 7);
  });
}

TEST_F(Galera, AClusterThatDiedAltogetherComesBack) {
  in_cell(2, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, mariadb(), {});
    ASSERT_EQ(nodes.call(1, Write{1, 7}).outcome, ok);
    for (std::size_t i = 0; i < 2; ++i) nodes.kill(i);
    for (std::size_t i = 0; i < 2; ++i) nodes.start(i);
    for (std::size_t i = 0; i < 2; ++i) ASSERT_TRUE(nodes.ready(i)) << i;
    EXPECT_EQ(std::get<Read>(nodes.call(0, Read{1}).call).value, 7);
  });
}

}  // namespace
}  // namespace tribunal
