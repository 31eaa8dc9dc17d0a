#include "clients/nats/options.h"

#include <fmt/format.h>

#include <algorithm>

namespace tribunal {
namespace {

using Names = std::vector<std::string>;

bool is_one_of(const std::string& name, const Names& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<DatabaseOption> nats_options() {
  return {
      {"replicas", {"3", "1"}, "of each stream"},
      {"reads",
       {"quorum", "leader", "direct"},
       "what a read asks: the log of all replicas, whoever leads the stream, or the nearest "
       "replica"},
      {"storage", {"file", "memory"}, "of each stream"},
      {"ack-wait",
       {"3000", "1000", "30000"},
       "milliseconds until an element of a queue that nobody acknowledged is given out again"},
  };
}

std::map<std::string, std::string> nats_options_of(const Deployment& deployment) {
  std::map<std::string, std::string> all = deployment.options;
  for (const DatabaseOption& known : nats_options())
    all.try_emplace(known.name, known.values.front());
  return all;
}

// NATS promises that what was acknowledged is kept, in one order; not that whoever answers a read
// still leads, nor that a replica has everything. Of a queue, that each element is delivered at
// least once.
Names nats_promises(const std::map<std::string, std::string>& options,
                    const std::string& workload) {
  if (options.at("storage") == "memory") return {"progress"};
  if (workload == "queue") return {"total-queue"};
  if (options.at("replicas") == "1" || options.at("reads") == "quorum") return {};
  if (is_one_of(workload, {"lock", "unique-ids"})) return {};  // they read nothing
  if (workload == "set") return {"set-full"};
  if (is_one_of(workload, {"counter", "pn-counter", "convergence"})) return {"convergence"};
  return {"progress"};
}

NodeCounts nats_nodes(const std::map<std::string, std::string>& options) {
  return {3, options.at("replicas") == "1" ? std::size_t{1} : std::size_t{3}};
}

Daemon nats_daemon(const Host& host, const Deployment& deployment) {
  const std::string folder = (host.data() / "nats").string();
  std::string text = fmt::format(
      "server_name: {}\nlisten: \"0.0.0.0:4222\"\n"
      "jetstream {{\n  store_dir: \"{}\"\n  max_file_store: 8GB\n  max_memory_store: 256MB\n}}\n",
      host.name(), folder);
  if (deployment.addresses.size() > 1) {
    text += "cluster {\n  name: tribunal\n  listen: \"0.0.0.0:6222\"\n  routes: [\n";
    for (const std::string& address : deployment.addresses)
      text += fmt::format("    \"nats://{}:6222\"\n", address);
    text += "  ]\n}\n";
  }
  Daemon daemon;
  daemon.files["nats/nats.conf"] = text;
  daemon.command = {deployment.binary, "--config", folder + "/nats.conf"};
  return daemon;
}

}  // namespace tribunal
