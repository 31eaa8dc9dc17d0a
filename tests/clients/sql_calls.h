// What a client of any SQL server must do with a server that is there, and with a wire that is
// not.
#pragma once

#include "tests/clients/sql_cluster.h"
#include "tests/clients/sql_wire.h"

namespace tribunal {

// Every kind of call on the first node, on objects of that key.
void serve_every_call(SqlCluster& nodes, Key key);
void serve_a_bank(SqlCluster& nodes, Key key);

// Requests, answers and connections lost, at a statement by itself and within a transaction.
void lose_each_way(SqlCluster& nodes, LossyWire& wire);

}  // namespace tribunal
