// Each SQL server alone in a cell: every call, what is lost on the wire, and sessions that its end
// takes with it.
#include <gtest/gtest.h>

#include "clients/mariadb/deploy.h"
#include "clients/postgresql/deploy.h"
#include "tests/clients/sql_calls.h"
#include "tests/clients/sql_cluster.h"
#include "tests/clients/sql_server_needed.h"
#include "tests/clients/sql_wire.h"
#include "tests/cluster/in_cell.h"

namespace tribunal {
namespace {

constexpr Outcome ok = Outcome::ok, failed = Outcome::failed;

struct SqlServer {
  const char* name;
  Database (*database)();
  std::uint16_t port;
  const char* words_of_the_dead;  // what a call finds where it no longer runs
};

class SqlServers : public ::testing::TestWithParam<SqlServer> {
 protected:
  void SetUp() override {
    if (const auto why = why_no_server(GetParam().database()); !why.empty()) GTEST_SKIP() << why;
  }
  template <class Test>
  void alone(const Test& test) {
    in_cell(1, [&](Cluster& cluster, const Folder&) {
      SqlCluster nodes(cluster, GetParam().database(), {{"layout", "single"}});
      test(nodes);
    });
  }
};

TEST_P(SqlServers, ServesEveryCallAtEachIsolationAndOutlivesAKill) {
  alone([&](SqlCluster& nodes) {
    Key key = 1;
    for (const char* isolation : {"read-committed", "repeatable-read", "serializable"}) {
      nodes.deployment().options.at("isolation") = isolation;
      serve_every_call(nodes, key++);
    }
    nodes.deployment().options.at("bank") = "ledger";
    serve_a_bank(nodes, key);
    nodes.kill(0);
    EXPECT_EQ(nodes.call(0, Write{50, 1}), (Attempt{failed, GetParam().words_of_the_dead}));
    nodes.start(0);
    ASSERT_TRUE(nodes.ready(0));
    EXPECT_EQ(std::get<Read>(nodes.call(0, Read{1}).call).value, 3);
  });
}

TEST_P(SqlServers, WhatTheWireLosesIsUnknownOnlyOnceItMayHaveCommitted) {
  alone([&](SqlCluster& nodes) {
    nodes.deployment().call_timeout = Milliseconds(3000);
    LossyWire wire(nodes.deployment().addresses.front(), GetParam().port);
    lose_each_way(nodes, wire);
  });
}

TEST_P(SqlServers, ASessionThatWasEndedMeanwhileIsNotUsed) {
  alone([&](SqlCluster& nodes) {
    const auto client = nodes.client(0);
    ASSERT_EQ(attempt(*client, Write{1, 1}).outcome, ok);
    nodes.kill(0);
    EXPECT_EQ(attempt(*client, Write{1, 2}).outcome, failed);
    nodes.start(0);
    ASSERT_TRUE(nodes.ready(0));
    EXPECT_EQ(attempt(*client, Write{1, 3}).outcome, ok);
  });
}

INSTANTIATE_TEST_SUITE_P(
    Each, SqlServers,
    ::testing::Values(SqlServer{"Mariadb", &mariadb, 3306, "could not connect"},
                      SqlServer{"Postgresql", &postgresql, 5432, "Connection refused"}),
    [](const auto& server) { return std::string(server.param.name); });

}  // namespace
}  // namespace tribunal
