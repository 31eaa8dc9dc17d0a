// MariaDB in a cell: every call, what is lost on the wire, and a Galera cluster.
#include <gtest/gtest.h>

#include "clients/mariadb/client.h"
#include "clients/mariadb/deploy.h"
#include "clients/mariadb/promises.h"
#include "clients/mariadb/start.h"
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
class Mariadb : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      mariadb().find("");
    } catch (const Error& missing) {
      GTEST_SKIP() << missing.what();
    }
    static const auto checks = check_cell();
    for (const CellCheck& check : checks)
      if (!check.works) GTEST_SKIP() << check.what << ": " << check.why;
  }
};

TEST_F(Mariadb, ServesEveryCallAtEachIsolationAndOutlivesAKill) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, mariadb(), {{"layout", "single"}});
    Key key = 1;
    for (const char* isolation : {"read-committed", "repeatable-read", "serializable"}) {
      nodes.deployment().options.at("isolation") = isolation;
      serve_every_call(nodes, key++);
    }
    nodes.deployment().options.at("bank") = "ledger";
    serve_a_bank(nodes, key);
    nodes.kill(0);
    EXPECT_EQ(nodes.call(0, Write{50, 1}), (Attempt{failed, "could not connect"}));
    nodes.start(0);
    ASSERT_TRUE(nodes.ready(0));
    EXPECT_EQ(std::get<Read>(nodes.call(0, Read{1}).call).value, 3);
  });
}

TEST_F(Mariadb, WhatTheWireLosesIsUnknownOnlyOnceItMayHaveCommitted) {
  in_cell(1, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, mariadb(), {{"layout", "single"}});
    nodes.deployment().call_timeout = Milliseconds(3000);
    LossyWire wire(cluster.host(0).address(), 3306);
    lose_each_way(nodes, wire);
  });
}

TEST_F(Mariadb, AGaleraClusterServesOnEveryNodeAndRefusesWithoutAQuorum) {
  if (galera_provider().empty()) GTEST_SKIP() << "Galera is not installed";
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

TEST_F(Mariadb, AGaleraClusterThatDiedAltogetherComesBack) {
  if (galera_provider().empty()) GTEST_SKIP() << "Galera is not installed";
  in_cell(2, [&](Cluster& cluster, const Folder&) {
    SqlCluster nodes(cluster, mariadb(), {});
    ASSERT_EQ(nodes.call(1, Write{1, 7}).outcome, ok);
    for (std::size_t i = 0; i < 2; ++i) nodes.kill(i);
    for (std::size_t i = 0; i < 2; ++i) nodes.start(i);
    for (std::size_t i = 0; i < 2; ++i) ASSERT_TRUE(nodes.ready(i)) << i;
    EXPECT_EQ(std::get<Read>(nodes.call(0, Read{1}).call).value, 7);
  });
}

TEST(MariadbOutcome, OnlyACertainRollBackIsFailed) {
  const auto of = [](const char* code) { return mariadb_dialect().outcome_of_code(code); };
  for (const char* code : {"1213", "1205", "1020", "1047", "1062", "1290", "1146", "1690"})
    EXPECT_EQ(of(code), failed) << code;
  for (const char* code : {"1180", "1317", "1053", "1927", "1105", "12130", "", "1"})
    EXPECT_EQ(of(code), unknown) << code;
}

TEST(MariadbPromises, AreWhatItsMakersPromise) {
  std::map<std::string, std::string> options = {
      {"layout", "galera"}, {"wsrep_sync_wait", "7"}, {"isolation", "repeatable-read"},
      {"bank", "balances"}, {"flush", "1"},           {"snapshot-isolation", "off"}};
  const std::vector<std::string> own, progress = {"progress"};
  EXPECT_EQ(mariadb_promises(options, "register"), own);
  EXPECT_EQ(mariadb_promises(options, "bank"), progress);
  options.at("wsrep_sync_wait") = "0";
  EXPECT_EQ(mariadb_promises(options, "register"), progress);
  EXPECT_EQ(mariadb_promises(options, "unique-ids"), own);
  options.at("layout") = "single";
  EXPECT_EQ(mariadb_promises(options, "register"), own);
  EXPECT_EQ(mariadb_promises(options, "bank"), progress);
  options.at("snapshot-isolation") = "on";
  EXPECT_EQ(mariadb_promises(options, "bank"), own);
  options.at("bank") = "ledger";
  EXPECT_EQ(mariadb_promises(options, "bank"), progress);
  options.at("isolation") = "serializable";
  EXPECT_EQ(mariadb_promises(options, "bank"), own);
}

}  // namespace
}  // namespace tribunal
