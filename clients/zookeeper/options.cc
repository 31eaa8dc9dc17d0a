#include "clients/zookeeper/options.h"

#include <fmt/format.h>

#include <algorithm>

#include "clients/zookeeper/installation.h"

namespace tribunal {
namespace {

using Names = std::vector<std::string>;

const Names read_versions = {"register", "read-write", "sessions", "list-append"};
const Names read_sums = {"set", "counter", "pn-counter"};

bool is_among(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<DatabaseOption> zookeeper_options() {
  return {
      {"sync",
       {"quorum", "on", "off"},
       "before each read: a write of no consequence, ZooKeeper's sync, or nothing"},
      {"lock", {"plain", "ephemeral"}, "ephemeral: a lock goes when its holder's session expires"},
      {"session-timeout", {"4000", "2000", "10000"}, "milliseconds"},
      {"tick-time", {"500", "200", "1000", "2000"}, "milliseconds"},
      {"sync-limit", {"4", "2", "10"}, "ticks that a follower may fall behind"},
      {"snap-count", {"100000", "1000", "10000"}, "transactions between snapshots"},
      {"force-sync", {"yes", "no"}, "no: transactions are acknowledged before they are on disk"},
  };
}

std::string zookeeper_option(const Deployment& deployment, const std::string& name) {
  if (const auto set = deployment.options.find(name); set != deployment.options.end())
    return set->second;
  for (const DatabaseOption& known : zookeeper_options())
    if (known.name == name) return known.values.front();
  return {};
}

// ZooKeeper promises linearizable writes and, for each session, reads in their order that may be of
// the past. Its sync asks the leader alone, who may have been replaced unknowingly, so that a read
// after it is promised no more; one after a write that a quorum took is.
Names zookeeper_promises(const std::map<std::string, std::string>& options,
                         const std::string& workload) {
  if (options.at("force-sync") == "no") return {"progress"};
  if (workload == "lock" && options.at("lock") == "ephemeral") return {"progress"};
  if (options.at("sync") == "quorum") return {};
  if (is_among(read_versions, workload))
    return {"sequential",      "causal",           "read-your-writes",
            "monotonic-reads", "monotonic-writes", "writes-follow-reads"};
  if (is_among(read_sums, workload)) return {"convergence"};
  return {};
}

// A server gives up a peer after a second of silence, not five, since faults are that short. Log
// files are not made 64 MB in advance, and sessions are no shorter or longer than asked for.
Daemon zookeeper_daemon(const Host& host, const Deployment& deployment) {
  const auto option = [&](const char* name) { return zookeeper_option(deployment, name); };
  const std::string folder = (host.data() / "zookeeper").string();
  std::string text = fmt::format(
      "tickTime={}\ninitLimit=40\nsyncLimit={}\ndataDir={}/data\nclientPort=2181\n"
      "minSessionTimeout=1000\nmaxSessionTimeout=60000\nmaxClientCnxns=0\n"
      "admin.enableServer=false\n4lw.commands.whitelist=srvr\n",
      option("tick-time"), option("sync-limit"), folder);
  for (std::size_t i = 0; i < deployment.addresses.size(); ++i)
    text += fmt::format("server.{}={}:2888:3888\n", i + 1, deployment.addresses[i]);
  Daemon daemon;
  daemon.files["zookeeper/zoo.cfg"] = text;
  daemon.files["zookeeper/data/myid"] = fmt::format("{}\n", host.index() + 1);
  daemon.command = zookeeper_java(deployment.binary);
  daemon.command.insert(daemon.command.end(),
                        {"-Dzookeeper.preAllocSize=4096", "-Dzookeeper.cnxTimeout=1000",
                         "-Dzookeeper.snapCount=" + option("snap-count"),
                         "-Dzookeeper.forceSync=" + option("force-sync"),
                         "org.apache.zookeeper.server.quorum.QuorumPeerMain", folder + "/zoo.cfg"});
  return daemon;
}

}  // namespace tribunal
