#include "clients/redis/client.h"

#include <fmt/format.h>

#include <map>
#include <random>

#include "clients/redis/dialogue.h"
#include "clients/redis/scripts.h"

namespace tribunal {
namespace {

// In braces is what Redis Cluster looks at, so that a group is in one slot.
std::string key_name(std::string_view kind, Key key) { return fmt::format("{}:{{{}}}", kind, key); }
std::string group_name(Key key, Key which) { return fmt::format("group:{{{}}}:{}", key, which); }

// A name that no other client has, nor had: 128 random bits.
std::string unique_name() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
}

// What a script says of whether it did something; anything else is no answer of ours.
bool did(const RedisReply& reply) {
  const Int done = integer_in(reply);
  if (done != 0 && done != 1) throw RedisNonsense("the script answers another number");
  return done == 1;
}

class RedisClient final : public Client {
 public:
  RedisClient(const std::string& address, const Deployment& deployment)
      : redis_(address, deployment), name_(unique_name()) {}

  Call invoke(const Call& call) override {
    redis_.begin();
    return std::visit([this](const auto& c) -> Call { return carry_out(c); }, call);
  }

 private:
  Call carry_out(Read call) {
    const std::string key = key_name("register", call.key);
    call.value = redis_.look(key, {"GET", key}, optional_in);
    return call;
  }

  Call carry_out(const Write& call) {
    const std::string key = key_name("register", call.key);
    require_ok(redis_.change(key, {"SET", key, fmt::to_string(call.value)}));
    redis_.await_replicas();
    return call;
  }

  Call carry_out(const Cas& call) {
    const std::string key = key_name("register", call.key);
    if (!did(redis_.change(key, {"EVAL", swap_script, "1", key, fmt::to_string(call.from),
                                 fmt::to_string(call.to)})))
      throw Rejected("value did not match");
    redis_.await_replicas();
    return call;
  }

  Call carry_out(const Delete& call) {
    const std::string key = key_name("register", call.key);
    return counted(call, key, {"DEL", key});
  }

  Call carry_out(const Add& call) { return with_element(call, "set", "SADD"); }
  Call carry_out(const Remove& call) { return with_element(call, "set", "SREM"); }
  Call carry_out(ReadSet call) {
    const std::string key = key_name("set", call.key);
    call.elements = redis_.look(key, {"SMEMBERS", key}, decimals_in);
    return call;
  }

  Call carry_out(const Append& call) { return with_element(call, "list", "RPUSH"); }
  Call carry_out(ReadList call) {
    const std::string key = key_name("list", call.key);
    call.elements = redis_.look(key, {"LRANGE", key, "0", "-1"}, decimals_in);
    return call;
  }

  Call carry_out(const Increment& call) {
    const std::string key = key_name("counter", call.key);
    return counted(call, key, {"INCRBY", key, fmt::to_string(call.by)});
  }
  Call carry_out(ReadCounter call) {
    const std::string key = key_name("counter", call.key);
    call.value = redis_.look(key, {"GET", key}, optional_in);
    return call;
  }

  Call carry_out(const Enqueue& call) { return with_element(call, "queue", "RPUSH"); }
  Call carry_out(Dequeue call) {
    const std::string key = key_name("queue", call.key);
    call.element = optional_in(redis_.change(key, {"LPOP", key}));
    if (call.element) redis_.await_replicas();
    return call;
  }

  Call carry_out(const Acquire& call) {
    const std::string key = key_name("lock", call.key);
    const std::string token = fmt::format("{}:{}", name_, ++acquired_);
    const RedisReply reply = redis_.change(key, {"SET", key, token, "NX"});
    if (reply.kind == ReplyKind::nothing) throw Rejected("another holds it");
    require_ok(reply);
    redis_.await_replicas();
    held_[call.key] = token;
    return call;
  }

  // Only what this client acquired, by the token that it put there.
  Call carry_out(const Release& call) {
    const auto held = held_.find(call.key);
    if (held == held_.end()) throw Rejected("it does not hold it");
    const std::string key = key_name("lock", call.key);
    const bool freed = did(redis_.change(key, {"EVAL", release_script, "1", key, held->second}));
    held_.erase(held);
    if (!freed) throw Rejected("it no longer holds it");
    redis_.await_replicas();
    return call;
  }

  Call carry_out(Generate call) {
    const std::string key = key_name("ids", call.key);
    call.id = integer_in(redis_.change(key, {"INCR", key}));
    redis_.await_replicas();
    return call;
  }

  Call carry_out(const Transfer& call) {
    const std::string key = key_name("bank", call.key);
    const RedisCommand transfer = {"EVAL",
                                   transfer_script,
                                   "1",
                                   key,
                                   fmt::to_string(call.from),
                                   fmt::to_string(call.to),
                                   fmt::to_string(call.amount),
                                   fmt::to_string(opening_balance)};
    if (!did(redis_.change(key, transfer))) throw Rejected("not enough money");
    redis_.await_replicas();
    return call;
  }

  Call carry_out(ReadAccounts call) {
    const std::string key = key_name("bank", call.key);
    call.balances = redis_.look(key, {"HGETALL", key}, [](const RedisReply& reply) {
      const std::vector<Int> found = decimals_in(reply);
      if (found.size() % 2 != 0) throw RedisNonsense("an account without a balance");
      std::map<Key, Int> balances;  // who has never had or given money is not there
      for (Key account = 0; account < bank_accounts; ++account) balances[account] = opening_balance;
      for (std::size_t i = 0; i < found.size(); i += 2) {
        if (!balances.contains(found[i])) throw RedisNonsense("an account that is none");
        balances[found[i]] = found[i + 1];
      }
      return std::vector<std::pair<Key, Int>>(balances.begin(), balances.end());
    });
    return call;
  }

  Call carry_out(ReadMany call) {
    RedisCommand read = {"MGET"};
    for (const auto& [which, value] : call.registers) read.push_back(group_name(call.key, which));
    redis_.look(group_name(call.key, 0), read, [&](const RedisReply& reply) {
      if (reply.kind != ReplyKind::list || reply.items.size() != call.registers.size())
        throw RedisNonsense("the answer has not what was asked for");
      for (std::size_t i = 0; i < call.registers.size(); ++i)
        call.registers[i].second = optional_in(reply.items[i]);
      return true;
    });
    return call;
  }

  Call carry_out(const WriteOne& call) {
    const std::string key = group_name(call.key, call.which);
    require_ok(redis_.change(key, {"SET", key, fmt::to_string(call.value)}));
    redis_.await_replicas();
    return call;
  }

  template <class Other>
  Call carry_out(const Other&) {
    throw Rejected("the client of Redis does not serve it");
  }

  template <class One>
  Call with_element(const One& call, std::string_view kind, const char* command) {
    const std::string key = key_name(kind, call.key);
    return counted(call, key, {command, key, fmt::to_string(call.element)});
  }

  // A command that answers with a number of which nothing depends.
  template <class One>
  Call counted(const One& call, const std::string& key, const RedisCommand& command) {
    integer_in(redis_.change(key, command));
    redis_.await_replicas();
    return call;
  }

  RedisDialogue redis_;
  std::string name_;
  std::uint64_t acquired_ = 0;
  std::map<Key, std::string> held_;  // locks, by the token in them
};

}  // namespace

std::unique_ptr<Client> connect_redis(const std::string& address, const Deployment& deployment) {
  return std::make_unique<RedisClient>(address, deployment);
}

}  // namespace tribunal
