#include "clients/sql/dialect.h"

#include <fmt/format.h>

namespace tribunal {

std::vector<std::string> sql_schema(const SqlDialect& dialect) {
  return {
      "CREATE TABLE registers (k BIGINT PRIMARY KEY, v BIGINT NOT NULL)",
      "CREATE TABLE counters (k BIGINT PRIMARY KEY, v BIGINT NOT NULL)",
      "CREATE TABLE elements (k BIGINT, e BIGINT, PRIMARY KEY (k, e))",
      "CREATE TABLE queues (k BIGINT, e BIGINT, PRIMARY KEY (k, e))",
      fmt::format("CREATE TABLE lists (k BIGINT PRIMARY KEY, elements {} NOT NULL)", dialect.text),
      "CREATE TABLE accounts (bank BIGINT, account BIGINT, balance BIGINT NOT NULL, "
      "PRIMARY KEY (bank, account))",
      fmt::format("CREATE TABLE ledger (entry {}, bank BIGINT NOT NULL, account BIGINT NOT NULL, "
                  "amount BIGINT NOT NULL)",
                  dialect.identity),
      "CREATE INDEX ledger_of_account ON ledger (bank, account)",
      "CREATE TABLE locks (k BIGINT PRIMARY KEY, held BIGINT NOT NULL, fence BIGINT NOT NULL)",
      fmt::format("CREATE TABLE ids (id {}, k BIGINT NOT NULL)", dialect.identity),
      "CREATE TABLE members (k BIGINT, which BIGINT, v BIGINT NOT NULL, PRIMARY KEY (k, which))",
  };
}

}  // namespace tribunal
