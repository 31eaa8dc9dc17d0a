#include "clients/etcd/options.h"

namespace tribunal {

std::vector<DatabaseOption> etcd_options() {
  return {
      {"reads",
       {"linearizable", "serializable"},
       "serializable reads are answered by one member alone, and may be stale"},
      {"lock", {"plain", "lease"}, "lease: a lock goes when its holder's lease is not kept alive"},
      {"lease-ttl", {"2", "3", "5", "10"}, "seconds that a lease lives without being kept alive"},
      {"bookmark",
       {"marker", "progress"},
       "up to where a watch knows of everything: a write of no consequence that it waits for, or "
       "what etcd says when it is asked for its progress"},
      {"heartbeat-interval", {"100", "50", "20"}, "milliseconds"},
      {"election-timeout", {"1000", "500", "2000", "5000"}, "milliseconds"},
      {"snapshot-count",
       {"100000", "10000", "1000", "100"},
       "entries between snapshots; few make a member that was away catch up by snapshot"},
  };
}

std::string etcd_option(const Deployment& deployment, const std::string& name) {
  if (const auto set = deployment.options.find(name); set != deployment.options.end())
    return set->second;
  for (const DatabaseOption& known : etcd_options())
    if (known.name == name) return known.values.front();
  return {};
}

// The makers say of locks on leases that who holds one may have lost it without knowing, so that
// the lock alone excludes nobody.
std::vector<std::string> etcd_promises(const std::map<std::string, std::string>& options,
                                       const std::string& workload) {
  if (workload == "lock" && options.at("lock") == "lease") return {"progress"};
  return {};
}

}  // namespace tribunal
