// What PostgreSQL and MariaDB promise, what their errors mean, and how Patroni is told.
#include <gtest/gtest.h>

#include "clients/mariadb/client.h"
#include "clients/mariadb/promises.h"
#include "clients/postgresql/client.h"
#include "clients/postgresql/deploy.h"
#include "clients/postgresql/patroni.h"
#include "clients/postgresql/promises.h"
#include "harness/record/history.h"

namespace tribunal {
namespace {

TEST(PostgresOutcome, OnlyACertainRollBackIsFailed) {
  const auto of = [](const char* code) { return postgresql_dialect().outcome_of_code(code); };
  for (const char* code : {"40001", "40P01", "40000", "23505", "25006", "25P02", "22003", "42P01",
                           "55P03", "57014", "0A000"})
    EXPECT_EQ(of(code), Outcome::failed) << code;
  for (const char* code :
       {"40003", "57P01", "57P02", "01000", "53100", "58030", "XX000", "08006", "99999", ""})
    EXPECT_EQ(of(code), Outcome::unknown) << code;
}

TEST(PostgresPromises, AreWhatItsMakersPromise) {
  std::map<std::string, std::string> options = {{"layout", "replicated"},
                                                {"synchronous", "quorum"},
                                                {"isolation", "read-committed"},
                                                {"reads", "primary"},
                                                {"bank", "balances"},
                                                {"failover-after", "3000"},
                                                {"commit", "on"},
                                                {"fsync", "on"}};
  const std::vector<std::string> own, progress = {"progress"};
  const auto with = [&](const char* name, const char* value, const char* workload) {
    auto changed = options;
    changed.at(name) = value;
    return postgresql_promises(changed, workload);
  };
  EXPECT_EQ(postgresql_promises(options, "register"), own);
  EXPECT_EQ(postgresql_promises(options, "bank"), progress);
  EXPECT_EQ(with("isolation", "repeatable-read", "bank"), own);
  EXPECT_EQ(with("synchronous", "off", "register"), progress);
  EXPECT_EQ(with("reads", "replica", "register"), progress);
  EXPECT_EQ(with("reads", "replica", "unique-ids"), own);
  EXPECT_EQ(with("commit", "off", "set"), progress);
  options.at("bank") = "ledger";
  EXPECT_EQ(with("isolation", "repeatable-read", "bank"), progress);
  EXPECT_EQ(with("isolation", "serializable", "bank"), own);
}

TEST(PostgresPromises, PatroniLosesNothingButMayAnswerFromThePast) {
  std::map<std::string, std::string> options = {
      {"layout", "patroni"}, {"synchronous", "quorum"}, {"isolation", "read-committed"},
      {"reads", "primary"},  {"bank", "balances"},      {"commit", "on"},
      {"fsync", "on"}};
  const std::vector<std::string> own, progress = {"progress"}, kept = {"set-full"};
  for (const char* synchronous : {"quorum", "on"}) {
    options.at("synchronous") = synchronous;
    EXPECT_EQ(postgresql_promises(options, "set"), kept);
    EXPECT_EQ(postgresql_promises(options, "lock"), own);
    EXPECT_EQ(postgresql_promises(options, "register"), progress);
    EXPECT_EQ(postgresql_promises(options, "queue"), progress);
  }
  options.at("synchronous") = "off";
  EXPECT_EQ(postgresql_promises(options, "set"), progress);
  EXPECT_EQ(postgresql_promises(options, "lock"), progress);
}

Deployment patroni_deployment() {
  Deployment deployment;
  deployment.binary = "/opt/postgres/bin/postgres";
  deployment.hosts = {"n1", "n2", "n3"};
  deployment.addresses = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
  for (const DatabaseOption& option : postgresql().options)
    deployment.options[option.name] = option.values.front();
  return deployment;
}

TEST(PatroniConfiguration, EachNodeIsItselfAndAsksItsOwnEtcdFirst) {
  const auto text = patroni_configuration("n2", "/data", patroni_deployment());
  for (const char* line :
       {"\nname: n2\n", "  listen: 10.0.0.2:8008\n", "  listen: 127.0.0.1,10.0.0.2:5432\n",
        "  hosts:\n  - 10.0.0.2:2379\n  - 10.0.0.1:2379\n  - 10.0.0.3:2379\n",
        "  data_dir: /data/postgresql\n", "  bin_dir: /opt/postgres/bin\n",
        "  post_init: /bin/sh /data/schema.sh /opt/postgres/bin/psql /data/schema.sql\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

TEST(PatroniConfiguration, ItsModesAreThoseAskedFor) {
  struct Mode {
    const char *asked, *lines;
  };
  auto deployment = patroni_deployment();
  deployment.options.at("ttl") = "30";
  for (const auto& [asked, lines] :
       {Mode{"quorum", "    synchronous_mode: true\n    synchronous_mode_strict: true\n"},
        Mode{"on", "    synchronous_mode: true\n    synchronous_mode_strict: false\n"},
        Mode{"off", "    synchronous_mode: false\n    synchronous_mode_strict: false\n"}}) {
    deployment.options.at("synchronous") = asked;
    const auto text = patroni_configuration("n1", "/data", deployment);
    EXPECT_NE(text.find(lines), std::string::npos) << asked << text;
    EXPECT_NE(text.find("    ttl: 30\n"), std::string::npos) << text;
  }
}

TEST(MariadbOutcome, OnlyACertainRollBackIsFailed) {
  const auto of = [](const char* code) { return mariadb_dialect().outcome_of_code(code); };
  for (const char* code : {"1213", "1205", "1020", "1047", "1062", "1290", "1146", "1690"})
    EXPECT_EQ(of(code), Outcome::failed) << code;
  for (const char* code : {"1180", "1317", "1053", "1927", "1105", "12130", "", "1"})
    EXPECT_EQ(of(code), Outcome::unknown) << code;
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
