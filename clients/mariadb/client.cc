#include "clients/mariadb/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "clients/mariadb/outcome.h"
#include "clients/mariadb/session.h"
#include "clients/sql/client.h"

namespace tribunal {
namespace {

std::string on_duplicate_key(const std::string&, const std::string& change) {
  return " ON DUPLICATE KEY UPDATE " + change;
}

std::string concatenated(const std::string& column, const std::string& text) {
  return fmt::format("CONCAT({}, '{}')", column, text);
}

}  // namespace

const SqlDialect& mariadb_dialect() {
  static const SqlDialect dialect = {&on_duplicate_key, &concatenated, "LONGTEXT",
                                     "BIGINT AUTO_INCREMENT PRIMARY KEY",
                                     &outcome_of_mariadb_error};
  return dialect;
}

std::unique_ptr<Client> connect_mariadb(const std::string& address, const Deployment& deployment) {
  const auto option = [&](const char* name, const char* otherwise) {
    const auto found = deployment.options.find(name);
    return found == deployment.options.end() ? std::string(otherwise) : found->second;
  };
  std::string isolation = option("isolation", "repeatable-read");
  std::transform(isolation.begin(), isolation.end(), isolation.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  MariadbLogin login;
  login.address = address;
  login.access = deployment.access;
  login.settings = fmt::format(
      "autocommit = 1, tx_isolation = '{}', innodb_lock_wait_timeout = {}, "
      "innodb_snapshot_isolation = {}",
      isolation, std::max<std::int64_t>(1, deployment.call_timeout.count() / 1000),
      option("snapshot-isolation", "off") == "on" ? 1 : 0);
  if (option("layout", "single") == "galera")
    login.settings += ", wsrep_sync_wait = " + option("wsrep_sync_wait", "0");
  SqlClientPlan plan;
  plan.dialect = &mariadb_dialect();
  plan.books = option("bank", "") == "ledger" ? BankBooks::ledger : BankBooks::balances;
  plan.timeout = deployment.call_timeout;
  return sql_client(mariadb_session(login), plan);
}

}  // namespace tribunal
