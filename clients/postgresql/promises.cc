#include "clients/postgresql/promises.h"

namespace tribunal {
namespace {

using Names = std::vector<std::string>;
using Options = std::map<std::string, std::string>;

const Names the_workloads_own = {}, nothing_but_service = {"progress"};

// An acknowledged commit may be lost: by a crash that forgets what was not flushed, or by a
// fail-over to a replica that had not received it.
bool may_lose(const Options& options) {
  const std::string& layout = options.at("layout");
  const bool fails_over =
      layout == "patroni" || (layout == "replicated" && options.at("failover-after") != "off");
  return (fails_over && options.at("synchronous") == "off") || options.at("fsync") == "off" ||
         options.at("commit") == "off";
}

// Whether two transfers at once keep the money: written over, balances need that of two writers
// one is refused (snapshot isolation); a ledger, where they write different rows, that
// transactions are serializable.
bool keeps_money(const Options& options) {
  const std::string& isolation = options.at("isolation");
  if (isolation == "serializable") return true;
  return isolation == "repeatable-read" && options.at("bank") == "balances";
}

}  // namespace

Names postgresql_promises(const Options& options, const std::string& workload) {
  if (may_lose(options)) return nothing_but_service;
  if (workload == "bank") return keeps_money(options) ? the_workloads_own : nothing_but_service;
  // Without a watchdog, a primary that was paused for longer than its key lasts may answer from
  // before that until Patroni has taken a look, also that a queue is empty.
  const bool patroni = options.at("layout") == "patroni";
  if (options.at("layout") == "single" || (!patroni && options.at("reads") == "primary"))
    return the_workloads_own;
  // Of a replica's past: each read is of one moment of it, but of which is not said, and what a
  // primary shows first is not what a replica replays first.
  if (workload == "set") return {"set-full"};
  const bool writes_only =
      workload == "unique-ids" || workload == "lock" || (workload == "queue" && !patroni);
  return writes_only ? the_workloads_own : nothing_but_service;
}

}  // namespace tribunal
