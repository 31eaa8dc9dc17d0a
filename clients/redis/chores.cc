#include "clients/redis/chores.h"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "clients/redis/operator.h"
#include "clients/redis/options.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

RedisReply ask_soon(const std::string& address, const RedisCommand& command) {
  return ask_redis(redis_endpoint(address), command, steady_clock::now() + 1s);
}

std::string persistence(const std::string& address, const char* field) {
  return info_field(ask_soon(address, {"INFO", "persistence"}).text, field);
}

// Begins what a child process of the server does, and waits for its end: `count` of those that were
// done grows, and `status` says how the last one went.
void have_done(const std::string& address, const char* command, const char* count,
               const char* status) {
  const std::string before = persistence(address, count);
  ask_soon(address, {command});
  const bool done =
      await_redis(steady_clock::now() + 12s, [&] { return persistence(address, count) != before; });
  if (!done) throw std::runtime_error(fmt::format("{} did not end within 12 s", command));
  if (persistence(address, status) != "ok")
    throw std::runtime_error(fmt::format("{} did not succeed", command));
}

std::string compact_redis(Host& host, const Deployment&) {
  const std::string& address = host.address();
  const std::string before = persistence(address, "aof_current_size");
  if (before.empty()) throw std::runtime_error("it keeps no append-only file");
  have_done(address, "BGREWRITEAOF", "aof_rewrites", "aof_last_bgrewrite_status");
  return fmt::format("its append-only file {} -> {} bytes", before,
                     persistence(address, "aof_current_size"));
}

std::string snapshot_redis(Host& host, const Deployment& deployment) {
  have_done(host.address(), "BGSAVE", "rdb_saves", "rdb_last_bgsave_status");
  const auto checker = std::filesystem::path(deployment.binary).parent_path() / "redis-check-rdb";
  const CommandResult checked =
      host.run({checker.string(), (host.data() / "redis/dump.rdb").string()}, 10s);
  if (!checked.ok() || checked.out.find("Checksum OK") == std::string::npos)
    throw std::runtime_error("the snapshot is not what its checksum says");
  return "saved, and its checksum is OK";
}

bool is_primary(const std::string& address) {
  return role_in(ask_soon(address, {"ROLE"})).role == "master";
}

void await_office(const std::string& heir) {
  if (!await_redis(steady_clock::now() + 8s, [&] { return is_primary(heir); }))
    throw std::runtime_error(fmt::format("{} did not become primary within 8 s", heir));
}

std::string have_sentinels_fail_over(const std::string& sentinel) {
  const auto named = [&] { return primary_named_by(sentinel, steady_clock::now() + 1s); };
  const auto before = named();
  ask_redis(sentinel, {"SENTINEL", "FAILOVER", sentinel_name}, steady_clock::now() + 1s);
  if (!await_redis(steady_clock::now() + 8s, [&] { return named() != before; }))
    throw std::runtime_error("its Sentinel names the same primary after 8 s");
  const auto heir = named();
  if (!heir) throw std::runtime_error("its Sentinel names nobody");
  await_office(*heir);
  return fmt::format("{} -> {}", before.value_or("nobody"), *heir);
}

// The node itself if it is a replica, else one of its own.
std::string heir_of(const std::string& node) {
  const RedisReply role = ask_soon(node, {"ROLE"});
  if (role_in(role).role != "master") return redis_endpoint(node);
  if (role_in(role).replicas == 0) throw std::runtime_error("there is nobody to take over");
  const auto first = texts_in(role.items.at(2).items.at(0));
  return fmt::format("{}:{}", first.at(0), first.at(1));
}

std::string move_redis_leader(Host& host, const Deployment& deployment) {
  const std::string layout = redis_option(deployment, "layout");
  if (layout == "sentinel") return have_sentinels_fail_over(sentinel_endpoint(host.address()));
  if (layout != "cluster") throw std::runtime_error("nobody takes over in this layout");
  const std::string heir = heir_of(host.address());
  ask_soon(heir, {"CLUSTER", "FAILOVER"});
  await_office(heir);
  return heir + " took over";
}

}  // namespace

std::vector<Chore> redis_chores() {
  return {{"compact", &compact_redis},
          {"move-leader", &move_redis_leader},
          {"snapshot", &snapshot_redis}};
}

}  // namespace tribunal
