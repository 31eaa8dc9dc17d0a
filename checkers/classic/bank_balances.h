// What a read of a bank says: pairs of an account and its balance, whichever way they are written.
#pragma once

#include <vector>

#include "harness/record/history.h"

namespace tribunal {

struct Balance {
  std::int64_t account = 0;
  std::int64_t amount = 0;
  bool none = false;  // the account is there, and its balance is null

  friend bool operator==(const Balance&, const Balance&) = default;
};

// Of an acknowledged read, [[0, 10], [1, 12]] or {"0": 10, "1": 12}; by account. Throws
// Error(usage) on anything else.
std::vector<Balance> balances_of(const History& history, const Operation& read);

// Of a transfer, [from, to, amount] or {"from": 0, "to": 1, "amount": 5}; 0 if it says none.
std::int64_t amount_of(const History& history, const Operation& transfer);

}  // namespace tribunal
