#include "clients/etcd/two_steps.h"

#include <fmt/format.h>

#include <utility>

#include "clients/etcd/numbers.h"

namespace tribunal {
namespace {

std::string counter_key(Key key) { return fmt::format("counter/{}", key); }
std::string list_key(Key key) { return fmt::format("list/{}", key); }
std::string queue_prefix(Key key) { return fmt::format("queue/{}/", key); }
std::string bank_prefix(Key key) { return fmt::format("bank/{}/", key); }

void require_won(const std::optional<Int>& made) {
  if (!made) throw Rejected("another call changed it meanwhile");
}

// What the key holds and since when; {0, nothing} if it is not there.
std::pair<Int, std::optional<KeyValue>> look_at(Dialogue& etcd, const std::string& key) {
  auto found = etcd.range(one_key(key));
  if (found.empty()) return {0, std::nullopt};
  return {found[0].modified, std::move(found[0])};
}

struct Account {
  Int balance = opening_balance;
  Int modified = 0;
};

// Of the bank whose keys begin with `prefix`; who has never had or given money has no key.
std::vector<Account> accounts(Dialogue& etcd, const std::string& prefix) {
  std::vector<Account> all(bank_accounts);
  const auto found = etcd.range(with_prefix(prefix));
  sensible([&] {
    for (const KeyValue& pair : found) {
      const Int account = element_in(pair, prefix.size());
      if (account < 0 || account >= bank_accounts) throw Nonsense("an account that is none");
      all[static_cast<std::size_t>(account)] = {number_in(pair), pair.modified};
    }
  });
  return all;
}

}  // namespace

Call increment(Dialogue& etcd, const Increment& call) {
  const std::string key = counter_key(call.key);
  const auto [modified, found] = look_at(etcd, key);
  Int sum = sensible([&, &pair = found] { return pair ? number_in(*pair) : 0; });
  if (__builtin_add_overflow(sum, call.by, &sum)) throw Rejected("the counter is full");
  TxnBody change;
  change.if_modified_at(key, modified).put(key, fmt::to_string(sum));
  require_won(etcd.change(change));
  return call;
}

Call read_counter(Dialogue& etcd, ReadCounter call) {
  const auto found = look_at(etcd, counter_key(call.key)).second;
  if (found) call.value = sensible([&] { return number_in(*found); });
  return call;
}

Call append(Dialogue& etcd, const Append& call) {
  const std::string key = list_key(call.key);
  const auto [modified, found] = look_at(etcd, key);
  const std::string element = fmt::to_string(call.element);
  TxnBody change;
  change.if_modified_at(key, modified).put(key, found ? found->value + " " + element : element);
  require_won(etcd.change(change));
  return call;
}

Call read_list(Dialogue& etcd, ReadList call) {
  const auto found = look_at(etcd, list_key(call.key)).second;
  if (found) call.elements = sensible([&] { return numbers_in(*found); });
  return call;
}

Call enqueue(Dialogue& etcd, const Enqueue& call) {
  etcd.put(queue_prefix(call.key) + element_text(call.element), "");
  return call;
}

Call dequeue(Dialogue& etcd, Dequeue call) {
  const std::string prefix = queue_prefix(call.key);
  const auto smallest = etcd.smallest(with_prefix(prefix));
  if (!smallest) return call;
  call.element = sensible([&] { return element_in(*smallest, prefix.size()); });
  TxnBody change;
  change.if_modified_at(smallest->key, smallest->modified).erase(smallest->key);
  require_won(etcd.change(change));
  return call;
}

Call transfer(Dialogue& etcd, const Transfer& call) {
  const std::string prefix = bank_prefix(call.key);
  const std::vector<Account> all = accounts(etcd, prefix);
  const Account &from = all.at(static_cast<std::size_t>(call.from)),
                &to = all.at(static_cast<std::size_t>(call.to));
  if (from.balance < call.amount) throw Rejected("not enough money");
  const std::string debit = prefix + element_text(call.from),
                    credit = prefix + element_text(call.to);
  TxnBody change;
  change.if_modified_at(debit, from.modified).if_modified_at(credit, to.modified);
  change.put(debit, fmt::to_string(from.balance - call.amount));
  change.put(credit, fmt::to_string(to.balance + call.amount));
  require_won(etcd.change(change));
  return call;
}

Call read_accounts(Dialogue& etcd, ReadAccounts call) {
  const std::vector<Account> all = accounts(etcd, bank_prefix(call.key));
  for (std::size_t account = 0; account < all.size(); ++account)
    call.balances.emplace_back(static_cast<Key>(account), all[account].balance);
  return call;
}

}  // namespace tribunal
