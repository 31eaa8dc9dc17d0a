// Speaks to one PostgreSQL server.
#pragma once

#include <memory>

#include "clients/sql/dialect.h"
#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// `address`: "10.0.0.1", where 5432 is meant, or "10.0.0.1:40123".
std::unique_ptr<Client> connect_postgresql(const std::string& address,
                                           const Deployment& deployment);

const SqlDialect& postgresql_dialect();

}  // namespace tribunal
