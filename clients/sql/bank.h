// Banks as an application would write them: look at the balance, decide, write. Whether two
// transfers at once make or lose money is then up to the isolation level.
#pragma once

#include "clients/sql/dialect.h"
#include "clients/sql/dialogue.h"
#include "harness/record/call.h"

namespace tribunal {

enum class BankBooks {
  balances,  // a row an account, written over: two at once may lose an update
  ledger,    // a row an entry, never changed: two at once may both spend the same money
};

// A transfer for which the money is not there is Rejected.
Call sql_transfer(SqlDialogue& sql, const SqlDialect& dialect, BankBooks books,
                  const Transfer& call);
Call sql_read_accounts(SqlDialogue& sql, BankBooks books, ReadAccounts call);

}  // namespace tribunal
