// A session with one MariaDB server, by libmariadb's calls that do not block.
#pragma once

#include <memory>

#include "clients/sql/session.h"
#include "harness/parts/access.h"

namespace tribunal {

inline constexpr const char* mariadb_operator = "tribunal";        // who deploys and watches it
inline constexpr const char* mariadb_application = "application";  // whose calls are recorded
inline constexpr const char* mariadb_schema = "tribunal";          // where the tables are

struct MariadbLogin {
  std::string address;  // "10.0.0.1", where 3306 is meant, or "10.0.0.1:40123"
  std::string user = mariadb_application;
  std::string settings;  // "autocommit = 1, ...": set in each session; empty: none
  Access access = {};
};

std::unique_ptr<SqlSession> mariadb_session(const MariadbLogin& login);

}  // namespace tribunal
