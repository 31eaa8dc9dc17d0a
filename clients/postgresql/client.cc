#include "clients/postgresql/client.h"

#include <fmt/format.h>

#include <algorithm>

#include "clients/postgresql/outcome.h"
#include "clients/postgresql/session.h"
#include "clients/sql/client.h"

namespace tribunal {
namespace {

std::string on_conflict(const std::string& key, const std::string& change) {
  return fmt::format(" ON CONFLICT ({}) DO UPDATE SET {}", key, change);
}

std::string piped(const std::string& column, const std::string& text) {
  return fmt::format("{} || '{}'", column, text);
}

}  // namespace

const SqlDialect& postgresql_dialect() {
  static const SqlDialect dialect = {&on_conflict, &piped, "TEXT",
                                     "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
                                     &outcome_of_sqlstate};
  return dialect;
}

std::unique_ptr<Client> connect_postgresql(const std::string& address,
                                           const Deployment& deployment) {
  const auto option = [&](const char* name) {
    const auto found = deployment.options.find(name);
    return found == deployment.options.end() ? std::string() : found->second;
  };
  PostgresLogin login;
  login.address = address;
  login.access = deployment.access;
  login.statement_timeout = deployment.call_timeout;
  if (const auto isolation = option("isolation"); !isolation.empty()) {
    login.isolation = isolation;  // "read-committed" as PostgreSQL writes it
    std::replace(login.isolation.begin(), login.isolation.end(), '-', ' ');
  }
  SqlClientPlan plan;
  plan.dialect = &postgresql_dialect();
  plan.books = option("bank") == "ledger" ? BankBooks::ledger : BankBooks::balances;
  plan.reads_at_replicas = option("reads") == "replica";
  plan.timeout = deployment.call_timeout;
  return sql_client(postgres_session(login), plan);
}

}  // namespace tribunal
