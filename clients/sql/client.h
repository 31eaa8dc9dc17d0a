// The client of every SQL server: what each call is in SQL.
#pragma once

#include <memory>

#include "clients/sql/bank.h"
#include "clients/sql/dialect.h"
#include "clients/sql/session.h"
#include "harness/parts/client.h"
#include "harness/parts/database.h"

namespace tribunal {

// What the client has to know beside the session.
struct SqlClientPlan {
  const SqlDialect* dialect = nullptr;
  BankBooks books = BankBooks::balances;
  bool reads_at_replicas = false;  // they answer reads, too
  Milliseconds timeout{1000};
};

// Registers, counters, lists, accounts and locks are a row each, elements of sets and queues and
// entries of a ledger too. All but transfers, dequeues and locks are one statement that is a
// transaction by itself. A server that is a replica refuses what is for the primary.
std::unique_ptr<Client> sql_client(std::unique_ptr<SqlSession> session, const SqlClientPlan& plan);

// The workloads that it serves.
std::vector<std::string> sql_workloads();

}  // namespace tribunal
