#include "clients/redis/operator.h"

#include <fmt/format.h>

#include <thread>

namespace tribunal {

using std::chrono::steady_clock;

RedisReply ask_redis(const std::string& endpoint, const RedisCommand& command, RedisDeadline until,
                     const Access& access) {
  RedisConnection connection(endpoint, access);
  connection.open(until);
  const RedisExchange exchange = connection.ask(command, until);
  if (exchange.end != RedisEnd::answered)
    throw std::runtime_error(fmt::format("Redis at {} does not answer", endpoint));
  if (exchange.reply.is_error()) throw std::runtime_error(exchange.reply.text);
  return exchange.reply;
}

RedisCommand primary_question() { return {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinel_name}; }

std::optional<std::string> address_named_in(const RedisReply& reply) {
  if (reply.kind == ReplyKind::nothing) return std::nullopt;
  const auto parts = texts_in(reply);
  if (parts.size() != 2) throw RedisNonsense("a Sentinel's answer is no address");
  return parts[0] + ":" + parts[1];
}

std::optional<std::string> primary_named_by(const std::string& sentinel, RedisDeadline until) {
  return address_named_in(ask_redis(sentinel, primary_question(), until));
}

RedisRole role_in(const RedisReply& reply) {
  if (reply.kind != ReplyKind::list || reply.items.empty() ||
      reply.items[0].kind != ReplyKind::text)
    throw RedisNonsense("the answer is no role");
  RedisRole role;
  role.role = reply.items[0].text;
  if (role.role == "slave" && reply.items.size() >= 4) {
    role.primary = fmt::format("{}:{}", reply.items[1].text, reply.items[2].number);
    role.link = reply.items[3].text;
  } else if (role.role == "master" && reply.items.size() >= 3) {
    role.replicas = reply.items[2].items.size();
  }
  return role;
}

std::string info_field(const std::string& info, const std::string& name) {
  const std::string label = name + ":";
  for (std::size_t at = 0; at < info.size();) {
    const std::size_t end = std::min(info.find("\r\n", at), info.size());
    if (info.compare(at, label.size(), label) == 0)
      return info.substr(at + label.size(), end - at - label.size());
    at = end + 2;
  }
  return {};
}

bool await_redis(RedisDeadline until, const std::function<bool()>& done) {
  while (true) {
    try {
      if (done()) return true;
    } catch (const std::runtime_error&) {  // not yet
    }
    if (steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace tribunal
