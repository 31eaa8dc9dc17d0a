// Speaks to one MariaDB server.
#pragma once

#include <memory>

#include "clients/sql/dialect.h"
#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where 3306 is meant, or "10.0.0.1:40123".
std::unique_ptr<Client> connect_mariadb(const std::string& address, const Deployment& deployment);

const SqlDialect& mariadb_dialect();

}  // namespace tribunal
