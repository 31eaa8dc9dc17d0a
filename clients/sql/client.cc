#include "clients/sql/client.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "clients/sql/dialogue.h"
#include "clients/sql/numbers.h"
#include "clients/sql/verdict.h"

namespace tribunal {
namespace {

constexpr SqlEffect effect_of(const Call& call) {
  const bool reads =
      std::holds_alternative<Read>(call) || std::holds_alternative<ReadSet>(call) ||
      std::holds_alternative<ReadList>(call) || std::holds_alternative<ReadCounter>(call) ||
      std::holds_alternative<ReadAccounts>(call) || std::holds_alternative<ReadMany>(call);
  return reads ? SqlEffect::reads : SqlEffect::writes;
}

class SqlClient final : public Client {
 public:
  SqlClient(std::unique_ptr<SqlSession> session, const SqlClientPlan& plan)
      : plan_(plan), sql_(std::move(session), plan.timeout) {}

  Call invoke(const Call& call) override {
    const SqlEffect effect = effect_of(call);
    try {
      sql_.begin();
      if (sql_.is_replica() && !(plan_.reads_at_replicas && effect == SqlEffect::reads))
        refuse_at_replica();
      return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
    } catch (const SqlFailure& failure) {
      if (failure.by != SqlFailure::By::server) sql_.close();
      if (find_sql_outcome(failure, effect, sql_.reach(), plan_.dialect->outcome_of_code) ==
          Outcome::failed)
        throw Rejected(failure.what());
      throw;
    }
  }

 private:
  // It is asked something nevertheless, so that one that is silent is seen to be.
  [[noreturn]] void refuse_at_replica() {
    sql_.step("SELECT 1");
    throw Rejected("a replica");
  }

  SqlAnswer insert(const std::string& table, const std::string& columns,
                   const std::vector<Int>& values, const std::string& more = {}) {
    return sql_.ask(fmt::format("INSERT INTO {} ({}) VALUES ({}){}", table, columns,
                                fmt::join(values, ", "), more));
  }
  std::string or_else(const std::string& key, const std::string& change) const {
    return plan_.dialect->or_else(key, change);
  }

  std::optional<Int> value_in(const char* table, Key key) {
    return optional_number(sql_.ask(fmt::format("SELECT v FROM {} WHERE k = {}", table, key)));
  }

  Call carry_out(Read call) {
    call.value = value_in("registers", call.key);
    return call;
  }

  Call carry_out(const Write& call) {
    insert("registers", "k, v", {call.key, call.value},
           or_else("k", fmt::format("v = {}", call.value)));
    return call;
  }

  Call carry_out(const Cas& call) {
    const auto answer = sql_.ask(fmt::format("UPDATE registers SET v = {} WHERE k = {} AND v = {}",
                                             call.to, call.key, call.from));
    if (answer.changed != 1) throw Rejected("value did not match");
    return call;
  }

  Call carry_out(const Delete& call) {
    sql_.ask(fmt::format("DELETE FROM registers WHERE k = {}", call.key));
    return call;
  }

  Call carry_out(const Add& call) {
    insert("elements", "k, e", {call.key, call.element});
    return call;
  }

  Call carry_out(const Remove& call) {
    sql_.ask(fmt::format("DELETE FROM elements WHERE k = {} AND e = {}", call.key, call.element));
    return call;
  }

  Call carry_out(ReadSet call) {
    call.elements =
        number_column(sql_.ask(fmt::format("SELECT e FROM elements WHERE k = {}", call.key)));
    return call;
  }

  Call carry_out(const Append& call) {
    const auto change =
        "elements = " + plan_.dialect->appended("lists.elements", fmt::format(" {}", call.element));
    sql_.ask(fmt::format("INSERT INTO lists (k, elements) VALUES ({}, '{}'){}", call.key,
                         call.element, or_else("k", change)));
    return call;
  }

  Call carry_out(ReadList call) {
    call.elements =
        numbers_in_list(sql_.ask(fmt::format("SELECT elements FROM lists WHERE k = {}", call.key)));
    return call;
  }

  Call carry_out(const Increment& call) {
    insert("counters", "k, v", {call.key, call.by},
           or_else("k", fmt::format("v = counters.v + ({})", call.by)));
    return call;
  }

  Call carry_out(ReadCounter call) {
    call.value = value_in("counters", call.key);
    return call;
  }

  Call carry_out(const Enqueue& call) {
    insert("queues", "k, e", {call.key, call.element});
    return call;
  }

  // Of two that see the same element first, one takes it and the other is refused.
  Call carry_out(Dequeue call) {
    return sql_.in_transaction([&](SqlDialogue& steps) -> Call {
      call.element = optional_number(steps.step(
          fmt::format("SELECT e FROM queues WHERE k = {} ORDER BY e LIMIT 1", call.key)));
      if (!call.element) return call;
      const auto taken = steps.step(
          fmt::format("DELETE FROM queues WHERE k = {} AND e = {}", call.key, *call.element));
      if (taken.changed != 1) throw Rejected("another took it");
      return call;
    });
  }

  Call carry_out(Acquire call) {
    sql_.in_transaction([&](SqlDialogue& steps) {
      const auto found =
          number_rows(steps.step(fmt::format(
                          "SELECT held, fence FROM locks WHERE k = {} FOR UPDATE", call.key)),
                      2);
      if (!found.empty() && found[0][0] != 0) throw Rejected("another holds it");
      call.fence = found.empty() ? 1 : found[0][1] + 1;
      return steps.step(
          found.empty()
              ? fmt::format("INSERT INTO locks (k, held, fence) VALUES ({}, 1, 1)", call.key)
              : fmt::format("UPDATE locks SET held = 1, fence = {} WHERE k = {}", *call.fence,
                            call.key));
    });
    held_[call.key] = *call.fence;
    return call;
  }

  // Only what this client acquired, by the fence that it got.
  Call carry_out(const Release& call) {
    const auto held = held_.find(call.key);
    if (held == held_.end()) throw Rejected("it does not hold it");
    const Int fence = held->second;
    held_.erase(held);
    const auto freed = sql_.ask(fmt::format(
        "UPDATE locks SET held = 0 WHERE k = {} AND held = 1 AND fence = {}", call.key, fence));
    if (freed.changed != 1) throw Rejected("it no longer holds it");
    return call;
  }

  Call carry_out(Generate call) {
    const auto id = optional_number(insert("ids", "k", {call.key}, " RETURNING id"));
    if (!id) throw SqlNonsense("an answer without an id");
    call.id = *id;
    return call;
  }

  Call carry_out(const Transfer& call) {
    return sql_transfer(sql_, *plan_.dialect, plan_.books, call);
  }
  Call carry_out(const ReadAccounts& call) { return sql_read_accounts(sql_, plan_.books, call); }

  Call carry_out(ReadMany call) {
    const auto found = number_rows(
        sql_.ask(fmt::format("SELECT which, v FROM members WHERE k = {}", call.key)), 2);
    for (auto& [which, value] : call.registers) {
      for (const auto& row : found)
        if (row[0] == which) value = row[1];
    }
    return call;
  }

  Call carry_out(const WriteOne& call) {
    insert("members", "k, which, v", {call.key, call.which, call.value},
           or_else("k, which", fmt::format("v = {}", call.value)));
    return call;
  }

  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the SQL clients do not serve it");
  }

  SqlClientPlan plan_;
  SqlDialogue sql_;
  std::map<Key, Int> held_;  // locks, by the fence that they were acquired with
};

}  // namespace

std::unique_ptr<Client> sql_client(std::unique_ptr<SqlSession> session, const SqlClientPlan& plan) {
  return std::make_unique<SqlClient>(std::move(session), plan);
}

std::vector<std::string> sql_workloads() {
  return {"register", "read-write", "set",         "sessions",      "staleness",
          "counter",  "pn-counter", "queue",       "lock",          "unique-ids",
          "bank",     "long-fork",  "list-append", "causal-reverse"};
}

}  // namespace tribunal
