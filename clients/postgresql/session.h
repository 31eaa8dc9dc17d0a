// A session with one PostgreSQL server, by libpq's calls that do not block.
#pragma once

#include <memory>

#include "clients/sql/session.h"
#include "harness/parts/access.h"

namespace tribunal {

inline constexpr const char* postgres_operator = "tribunal";        // who deploys and watches it
inline constexpr const char* postgres_application = "application";  // whose calls are recorded

struct PostgresLogin {
  std::string address;  // "10.0.0.1", where 5432 is meant, or "10.0.0.1:40123"
  std::string user = postgres_application;
  // Of every transaction, "repeatable read"; where the server is a standby, which has no
  // serializable transactions, repeatable read stands for those.
  std::string isolation = "read committed";
  // After which the server, too, gives up a statement.
  std::chrono::milliseconds statement_timeout{1000};
  Access access = {};
};

std::unique_ptr<SqlSession> postgres_session(const PostgresLogin& login);

}  // namespace tribunal
