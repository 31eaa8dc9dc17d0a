#include "clients/postgresql/settings.h"

#include <fmt/format.h>

#include "clients/postgresql/client.h"
#include "clients/postgresql/session.h"

namespace tribunal {

std::vector<std::pair<std::string, std::string>> postgres_settings(const Deployment& deployment) {
  return {{"unix_socket_directories", ""},
          {"superuser_reserved_connections", "10"},
          {"shared_buffers", "32MB"},
          {"fsync", deployment.options.at("fsync")},
          {"synchronous_commit", deployment.options.at("commit")},
          {"wal_receiver_timeout", "2s"},
          {"wal_retrieve_retry_interval", "200ms"},
          {"deadlock_timeout", "100ms"},
          {"lc_messages", "C"},
          {"log_line_prefix", "%m [%p] "}};
}

std::vector<std::string> postgres_entrance() {
  return {"host all all all trust", "host replication all all trust"};
}

std::string postgres_schema_lines() {
  std::string lines = fmt::format("CREATE ROLE {} LOGIN;\n", postgres_application);
  for (const auto& statement : sql_schema(postgresql_dialect())) lines += statement + ";\n";
  for (const char* kind : {"TABLES", "SEQUENCES"})
    lines +=
        fmt::format("GRANT ALL ON ALL {} IN SCHEMA public TO {};\n", kind, postgres_application);
  return lines;
}

}  // namespace tribunal
