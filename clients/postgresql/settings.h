// What every PostgreSQL server of a deployment is configured by, whoever starts it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

// Parameters by name, without those of which each way to start it has its own.
std::vector<std::pair<std::string, std::string>> postgres_settings(const Deployment& deployment);

inline constexpr const char* postgres_connections = "300";  // max_connections
inline constexpr const char* postgres_kept_log = "256MB";   // wal_keep_size

// The lines of pg_hba.conf: whoever reaches a node of a cell may do all there.
std::vector<std::string> postgres_entrance();

// Roles, tables and who may use them: a line a statement, each with its semicolon.
std::string postgres_schema_lines();

}  // namespace tribunal
