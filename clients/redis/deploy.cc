#include "clients/redis/deploy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "clients/redis/chores.h"
#include "clients/redis/client.h"
#include "clients/redis/form.h"
#include "clients/redis/operator.h"
#include "clients/redis/options.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr const char* install_redis = "apt-get install redis-server";

std::string redis_path(const std::string& binary) {
  if (binary.empty()) {
    if (auto found = find_program("redis-server")) return *found;
    throw Error(Blame::environment, "Redis is not installed: there is no redis-server on PATH",
                install_redis);
  }
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(binary, ignored);
  if (std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0)
    return path;
  throw Error(Blame::environment, fmt::format("{} is no program that can be run", binary),
              fmt::format("give the path of a redis-server, or: {}", install_redis));
}

// "Redis server v=7.0.15 sha=..." -> "7.0.15"; empty if it says nothing of the kind.
std::string redis_version_in(const std::string& text) {
  const std::string label = "Redis server v=";
  if (!text.starts_with(label)) return {};
  return text.substr(label.size(), text.find(' ', label.size()) - label.size());
}

// 7.0 was the first whose scripts hand on the code of an error, and that gives out slots in ranges.
std::pair<std::string, std::string> find_redis(const std::string& binary) {
  const std::string path = redis_path(binary);
  const CommandResult result = run_command({path, "--version"}, 5000ms);
  const std::string version = redis_version_in(result.out);
  if (!result.ok() || version.empty())
    throw Error(Blame::environment,
                fmt::format("{} --version does not answer as redis-server does", path),
                install_redis);
  if (std::atoi(version.c_str()) < 7)
    throw Error(Blame::environment,
                fmt::format("{} is Redis {}, and 7.0 is the first that will do", path, version),
                "install a later one and name it with --binary");
  return {path, version};
}

void start_redis(Host& host, const Deployment& deployment) {
  host.start(redis_server_daemon(host, deployment));
  if (has_sentinels(deployment)) host.start(sentinel_daemon(host, deployment));
}

// The node itself has its data, and a client that is bound to it reads from whom it should.
bool redis_serves(Host& host, const Deployment& deployment, RedisDeadline until) {
  const RedisRole role = role_in(ask_redis(redis_endpoint(host.address()), {"ROLE"}, until));
  if (role.role != "master" && role.link != "connected") return false;
  Deployment probe = deployment;
  probe.call_timeout = std::chrono::ceil<Milliseconds>(
      std::max(until - steady_clock::now(), steady_clock::duration(1ms)));
  probe.options["reads"] = "primary";
  probe.options["route"] = "local";
  connect_redis(host.address(), probe)->invoke(Read{});
  return true;
}

bool redis_ready(Host& host, const Deployment& deployment, Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  return await_redis(until, [&] {
    return redis_serves(host, deployment, std::min(until, steady_clock::now() + 1000ms));
  });
}

std::string redis_role(Host& host, const Deployment&) {
  try {
    const auto until = steady_clock::now() + 400ms;
    const RedisRole role = role_in(ask_redis(redis_endpoint(host.address()), {"ROLE"}, until));
    if (role.role == "master") return "leader";
    return role.role == "slave" ? "follower" : "";
  } catch (const std::runtime_error&) {
    return "";
  }
}

}  // namespace

Database redis() {
  Database database;
  database.name = "redis";
  database.summary = "Redis 7: Sentinel, Redis Cluster, or a primary and replicas";
  database.workloads = {"register",  "read-write", "set",        "sessions",  "convergence",
                        "staleness", "counter",    "pn-counter", "queue",     "list-append",
                        "lock",      "unique-ids", "bank",       "long-fork", "causal-reverse"};
  database.options = redis_options();
  database.find = &find_redis;
  database.start = &start_redis;
  database.ready = &redis_ready;
  database.role = &redis_role;
  database.connect = &connect_redis;
  database.nodes = &redis_nodes;
  database.form = &form_redis;
  database.chores = redis_chores();
  return database;
}

}  // namespace tribunal
