#include "clients/sql/bank.h"

#include <fmt/format.h>

#include "clients/sql/numbers.h"
#include "harness/parts/client.h"

namespace tribunal {
namespace {

// A row that is not there stands for an account that money never moved on.
Int look_at_balance(SqlDialogue& sql, Key bank, Key account) {
  return optional_number(sql.step(fmt::format("SELECT balance FROM accounts WHERE bank = {} AND "
                                              "account = {}",
                                              bank, account)))
      .value_or(opening_balance);
}

void set_balance(SqlDialogue& sql, const SqlDialect& dialect, Key bank, Key account, Int balance) {
  sql.step(fmt::format("INSERT INTO accounts (bank, account, balance) VALUES ({}, {}, {}){}", bank,
                       account, balance,
                       dialect.or_else("bank, account", fmt::format("balance = {}", balance))));
}

void require_money(Int balance, Int amount) {
  if (balance < amount) throw Rejected("not enough money");
}

}  // namespace

Call sql_transfer(SqlDialogue& sql, const SqlDialect& dialect, BankBooks books,
                  const Transfer& call) {
  return sql.in_transaction([&](SqlDialogue& steps) -> Call {
    if (books == BankBooks::balances) {
      const Int from = look_at_balance(steps, call.key, call.from),
                to = look_at_balance(steps, call.key, call.to);
      require_money(from, call.amount);
      set_balance(steps, dialect, call.key, call.from, from - call.amount);
      set_balance(steps, dialect, call.key, call.to, to + call.amount);
    } else {
      const Int moved =
          optional_number(steps.step(fmt::format("SELECT SUM(amount) FROM ledger WHERE bank = {} "
                                                 "AND account = {}",
                                                 call.key, call.from)))
              .value_or(0);
      require_money(opening_balance + moved, call.amount);
      steps.step(
          fmt::format("INSERT INTO ledger (bank, account, amount) VALUES ({0}, {1}, -{3}), "
                      "({0}, {2}, {3})",
                      call.key, call.from, call.to, call.amount));
    }
    return call;
  });
}

Call sql_read_accounts(SqlDialogue& sql, BankBooks books, ReadAccounts call) {
  const std::string statement =
      books == BankBooks::ledger
          ? fmt::format(
                "SELECT account, {} + SUM(amount) FROM ledger WHERE bank = {} GROUP BY "
                "account",
                opening_balance, call.key)
          : fmt::format("SELECT account, balance FROM accounts WHERE bank = {}", call.key);
  const auto found = number_rows(sql.ask(statement), 2);
  for (Key account = 0; account < bank_accounts; ++account)
    call.balances.emplace_back(account, opening_balance);
  for (const auto& row : found) {
    if (row[0] < 0 || row[0] >= bank_accounts) throw SqlNonsense("an account that is none");
    call.balances[static_cast<std::size_t>(row[0])].second = row[1];
  }
  return call;
}

}  // namespace tribunal
