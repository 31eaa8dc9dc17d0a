#include "clients/redis/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "clients/redis/operator.h"

namespace tribunal {

std::vector<DatabaseOption> redis_options() {
  const std::vector<std::string> counts = {"0", "1", "2"};
  const std::vector<std::string> milliseconds = {"1000", "500", "2000", "5000"};
  return {
      {"layout",
       {"sentinel", "cluster", "primary"},
       "a primary and replicas watched by Sentinels, Redis Cluster, or a primary and replicas that "
       "never fail over"},
      {"reads",
       {"primary", "replica"},
       "replica: each client reads from its own node, whatever that is"},
      {"route",
       {"local", "sentinels", "node"},
       "how a client finds the primary: its own node says who it is, at each call; it asks the "
       "Sentinels in turn when it has lost it; or it speaks to its own node only"},
      {"wait", counts, "replicas that must acknowledge each write (WAIT)"},
      {"appendonly", {"yes", "no"}, "no: nothing is kept on disk"},
      {"appendfsync", {"always", "everysec", "no"}, "when the append-only file is synced"},
      {"min-replicas-to-write", counts, "connected replicas without which writes are refused"},
      {"min-replicas-max-lag", {"10", "1", "2", "5"}, "seconds"},
      {"replica-serve-stale-data",
       {"yes", "no"},
       "no: a replica without its primary refuses reads"},
      {"down-after", milliseconds, "milliseconds until a Sentinel takes a server for dead"},
      {"failover-timeout", {"3000", "1000", "10000", "180000"}, "milliseconds (sentinel)"},
      {"node-timeout", {"2000", "500", "1000", "5000", "15000"}, "milliseconds (cluster)"},
  };
}

std::string redis_option(const Deployment& deployment, const std::string& name) {
  if (const auto set = deployment.options.find(name); set != deployment.options.end())
    return set->second;
  for (const DatabaseOption& known : redis_options())
    if (known.name == name) return known.values.front();
  return {};
}

NodeCounts redis_nodes(const std::map<std::string, std::string>& options) {
  const auto layout = options.find("layout");
  if (layout == options.end() || layout->second == "sentinel") return {3, 3};
  return layout->second == "cluster" ? NodeCounts{6, 6} : NodeCounts{3, 1};
}

// Replicas are given up and found again within seconds, not minutes, since faults are that short.
Daemon redis_server_daemon(const Host& host, const Deployment& deployment) {
  const auto option = [&](const char* name) { return redis_option(deployment, name); };
  std::string text = fmt::format(
      "port 6379\nprotected-mode no\ndir {}\nsave \"\"\nappendonly {}\nappendfsync {}\n"
      "repl-timeout 5\nrepl-ping-replica-period 1\nrepl-diskless-sync-delay 0\n"
      "replica-serve-stale-data {}\nmin-replicas-to-write {}\nmin-replicas-max-lag {}\n",
      (host.data() / "redis").string(), option("appendonly"), option("appendfsync"),
      option("replica-serve-stale-data"), option("min-replicas-to-write"),
      option("min-replicas-max-lag"));
  if (option("layout") == "cluster") {
    text += fmt::format("cluster-enabled yes\ncluster-node-timeout {}\ncluster-announce-ip {}\n",
                        option("node-timeout"), host.address());
  } else {
    text += fmt::format("replica-announce-ip {}\n", host.address());
    if (host.index() > 0) text += fmt::format("replicaof {} 6379\n", deployment.addresses.front());
  }
  Daemon daemon;
  daemon.command = {deployment.binary, (host.data() / "redis/redis.conf").string()};
  daemon.files["redis/redis.conf"] = text;
  return daemon;
}

// It speaks on the log of the server, whose program it shares; its lines have an X where those of
// the server have M or S.
Daemon sentinel_daemon(const Host& host, const Deployment& deployment) {
  const auto option = [&](const char* name) { return redis_option(deployment, name); };
  const std::size_t quorum = deployment.addresses.size() / 2 + 1;
  Daemon daemon;
  daemon.command = {deployment.binary, (host.data() / "sentinel/sentinel.conf").string(),
                    "--sentinel"};
  daemon.files["sentinel/sentinel.conf"] = fmt::format(
      "port 26379\nprotected-mode no\ndir {0}\nsentinel announce-ip {1}\n"
      "sentinel monitor {2} {3} 6379 {4}\nsentinel down-after-milliseconds {2} {5}\n"
      "sentinel failover-timeout {2} {6}\nsentinel parallel-syncs {2} {7}\n",
      (host.data() / "sentinel").string(), host.address(), sentinel_name,
      deployment.addresses.front(), quorum, option("down-after"), option("failover-timeout"),
      deployment.addresses.size());
  return daemon;
}

}  // namespace tribunal
