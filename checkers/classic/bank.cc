#include "checkers/classic/bank.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "checkers/classic/bank_balances.h"
#include "checkers/classic/judging.h"
#include "checkers/exhibits.h"
#include "checkers/options.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

enum Figure : std::size_t {
  reads,
  transfers,
  unknown_transfers,
  wrong_accounts,
  no_balance,
  wrong_totals,
  overdrawn
};

// Of options.
struct BankRules {
  bool negative = false;
  std::optional<std::int64_t> total, accounts;
};

// What a bank's reads have to agree with.
struct Standard {
  static constexpr std::uint32_t none = Operation::never;
  std::vector<std::int64_t> accounts;
  std::int64_t total = 0;
  std::uint32_t read = none;  // place of the read that says so; none: an option did
};

class Bank {
 public:
  Bank(const History& history, std::span<const std::uint32_t> operations, const BankRules& rules,
       KeyFinding& finding)
      : history_(history), operations_(operations), rules_(rules), finding_(finding) {}

  bool judge(Watch& watch);  // false: the budget was spent

 private:
  const Operation& at(std::uint32_t place) const { return history_.operations[place]; }
  void find_standard();
  void set_standard(std::uint32_t place);
  void judge_read(std::uint32_t place);
  void convict(Figure figure, std::uint32_t place, std::string anomaly, std::string what,
               std::optional<std::uint32_t> transfer = {});
  std::string accounts_wrong(const std::vector<Balance>& balances) const;
  std::optional<std::uint32_t> torn_transfer(const Operation& read, std::int64_t difference) const;

  const History& history_;
  std::span<const std::uint32_t> operations_;
  const BankRules& rules_;
  KeyFinding& finding_;
  Standard standard_;
};

std::int64_t sum_of(const std::vector<Balance>& balances) {
  std::int64_t sum = 0;
  for (const Balance& balance : balances) {
    if (__builtin_add_overflow(sum, balance.amount, &sum))
      throw Error(Blame::usage, "the balances of a bank add up to more than 64 bits hold", "");
  }
  return sum;
}

void Bank::set_standard(std::uint32_t place) {
  const std::vector<Balance> balances = balances_of(history_, at(place));
  for (const Balance& balance : balances) standard_.accounts.push_back(balance.account);
  standard_.total = rules_.total.value_or(sum_of(balances));
  standard_.read = place;
}

// The read that ended first.
void Bank::find_standard() {
  std::uint32_t first = Standard::none;
  for (const std::uint32_t place : operations_) {
    const Operation& one = at(place);
    if (one.function != Function::read || !one.ok() || one.value.is_nil()) continue;
    if (first == Standard::none || one.ended < at(first).ended) first = place;
  }
  if (first != Standard::none) set_standard(first);
  if (rules_.accounts) {
    standard_.accounts.clear();
    for (std::int64_t account = 0; account < *rules_.accounts; ++account)
      standard_.accounts.push_back(account);
  }
}

bool Bank::judge(Watch& watch) {
  find_standard();
  for (const std::uint32_t place : operations_) {
    if (watch.spent()) return false;
    const Operation& operation = at(place);
    if (operation.function == Function::transfer) {
      finding_.counts[transfers] += operation.ok();
      finding_.counts[unknown_transfers] += operation.outcome == Outcome::unknown;
    } else if (operation.ok() && !operation.value.is_nil()) {
      judge_read(place);
    }
  }
  return !watch.look();
}

// Empty: they are those there should be.
std::string Bank::accounts_wrong(const std::vector<Balance>& balances) const {
  const auto& accounts = standard_.accounts;
  for (std::size_t i = 0; i < balances.size(); ++i) {
    const std::int64_t account = balances[i].account;
    if (!std::binary_search(accounts.begin(), accounts.end(), account))
      return fmt::format("has an account {}, which there is not", account);
    if (i > 0 && balances[i - 1].account == account)
      return fmt::format("has the account {} twice", account);
  }
  for (const std::int64_t account : accounts) {
    const auto found = std::lower_bound(
        balances.begin(), balances.end(), account,
        [](const Balance& balance, std::int64_t wanted) { return balance.account < wanted; });
    if (found == balances.end() || found->account != account)
      return fmt::format("lacks the account {}", account);
  }
  return {};
}

// A transfer under way of just that amount, for a reader to look at: the last to begin.
std::optional<std::uint32_t> Bank::torn_transfer(const Operation& read,
                                                 std::int64_t difference) const {
  for (auto place = operations_.rbegin(); place != operations_.rend(); ++place) {
    const Operation& transfer = at(*place);
    if (transfer.function != Function::transfer || transfer.outcome == Outcome::failed) continue;
    if (transfer.began < read.ended && transfer.ended > read.began &&
        std::abs(amount_of(history_, transfer)) == std::abs(difference))
      return *place;
  }
  return {};
}

void Bank::judge_read(std::uint32_t place) {
  ++finding_.counts[reads];
  const std::vector<Balance> balances = balances_of(history_, at(place));
  if (const std::string wrong = accounts_wrong(balances); !wrong.empty())
    return convict(wrong_accounts, place,
                   wrong.starts_with("lacks") ? "missing account" : "unexpected account", wrong);
  for (const Balance& balance : balances) {
    if (balance.none)
      return convict(no_balance, place, "account without a balance",
                     fmt::format("has no balance for the account {}", balance.account));
  }
  if (const std::int64_t sum = sum_of(balances); sum != standard_.total) {
    const std::int64_t difference = sum - standard_.total;
    return convict(wrong_totals, place, "wrong total",
                   fmt::format("comes to {}, {} too {}", sum, std::abs(difference),
                               difference > 0 ? "much" : "little"),
                   torn_transfer(at(place), difference));
  }
  if (rules_.negative) return;
  for (const Balance& balance : balances) {
    if (balance.amount < 0)
      return convict(overdrawn, place, "negative balance",
                     fmt::format("has {} in the account {}, which may not be overdrawn",
                                 balance.amount, balance.account));
  }
}

void Bank::convict(Figure figure, std::uint32_t place, std::string anomaly, std::string what,
                   std::optional<std::uint32_t> transfer) {
  ++finding_.counts[figure];
  if (!finding_.wants_evidence()) return;
  std::vector<std::uint32_t> places = {place};
  const bool compares =
      (figure == wrong_totals && !rules_.total) || (figure == wrong_accounts && !rules_.accounts);
  if (compares && standard_.read != Standard::none) places.push_back(standard_.read);
  if (transfer) places.push_back(*transfer);
  EvidenceMaker maker(history_, places);
  const Operation& read = at(place);
  std::string sentence = fmt::format("What {} read {}", who(history_, read), what);
  if (compares && places.size() > 1 && standard_.read != place) {
    sentence +=
        fmt::format("; the first read, by {}, had {} accounts and {} in all",
                    who(history_, at(standard_.read)), standard_.accounts.size(), standard_.total);
    if (at(standard_.read).ended < read.began) maker.real_time(standard_.read, place);
  }
  if (transfer)
    sentence += fmt::format(", and the transfer by {} of just that amount was under way",
                            who(history_, at(*transfer)));
  maker.evidence.anomaly = std::move(anomaly);
  maker.evidence.key = shown_key(history_, read);
  maker.evidence.sentence = sentence + ".";
  maker.evidence.impossible_at = read.ended;
  finding_.evidence.push_back(std::move(maker.evidence));
}

std::optional<std::int64_t> number(const CheckOptions& options, const std::string& name) {
  if (!options.more.contains(name)) return std::nullopt;
  return static_cast<std::int64_t>(count(options, name, 0));
}

}  // namespace

Verdict check_bank(const History& history, const CheckOptions& options, const Budget& budget) {
  require_known(options);
  const BankRules rules{choice(options, "negative-balances", "false"), number(options, "total"),
                        number(options, "accounts")};
  ClassicClaim claim;
  claim.algorithm = "every read added up, linear";
  claim.figures = {{"acknowledged reads", ""},
                   {"acknowledged transfers", ""},
                   {"unknown transfers", ""},
                   {"other accounts", "reads of other accounts than there are"},
                   {"no balance", "reads with an account that has no balance"},
                   {"wrong total", "reads with money made or lost"},
                   {"negative balance", "reads with an overdrawn account"}};
  claim.survey = [](const History& all, const Operation& one) {
    require_function(all, one, "bank", {Function::read, Function::transfer});
  };
  claim.judge_key = [&rules](const History& all, std::span<const std::uint32_t> operations,
                             Watch& watch, KeyFinding& finding) {
    finding.complete = Bank(all, operations, rules, finding).judge(watch);
  };
  claim.vacuous = [](const Counts& counts) -> std::string {
    if (counts[reads] == 0) return "nothing was read";
    if (counts[reads] == 1) return "a single read has nothing to agree with";
    const bool moved = counts[transfers] + counts[unknown_transfers] != 0;
    return moved ? "" : "no money was moved";
  };
  claim.satisfied = [](const Counts& counts) {
    return fmt::format("{} reads hold the same money, in {} transfers", grouped(counts[reads]),
                       grouped(counts[transfers]));
  };
  return judge_keys(history, claim, budget);
}

}  // namespace tribunal
