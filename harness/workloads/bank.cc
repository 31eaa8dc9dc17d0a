// Banks: transfers between a few accounts, and reads of all of them at one moment.
#include "harness/workloads/calls.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

Call read(Key key) { return ReadAccounts{key, {}}; }

Call transfer(const Turn& turn, Random& random) {
  const auto from = static_cast<Key>(random.below(bank_accounts));
  const auto step = static_cast<Key>(1 + random.below(bank_accounts - 1));
  return Transfer{turn.key, from, (from + step) % bank_accounts,
                  static_cast<Int>(1 + random.below(5))};
}

std::vector<CallKind> kinds() {
  return {{"read", CallKind::none, [](const Turn& turn, Random&) { return read(turn.key); }},
          {"transfer", CallKind::none, transfer}};
}

}  // namespace

Workload bank_workload() {
  Workload workload;
  workload.name = "bank";
  workload.summary = "transfer money between accounts and read them all";
  workload.claim =
      "Every read of a bank finds all its accounts, the same money in all, and none overdrawn.";
  workload.defaults.weights = {{"read", 4}, {"transfer", 6}};
  workload.defaults.operations_per_key = 500;
  workload.traffic = drawn_from(kinds());
  workload.last_look = look_through_workers(read);
  workload.checkers = {"bank"};
  return workload;
}

}  // namespace tribunal
