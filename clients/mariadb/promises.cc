#include "clients/mariadb/promises.h"

namespace tribunal {
namespace {

using Options = std::map<std::string, std::string>;
using CheckerNames = std::vector<std::string>;

const CheckerNames what_it_claims = {}, only_service = {"progress"};

// InnoDB's repeatable read lets a transaction write over what another has written since it read,
// unless innodb_snapshot_isolation forbids it; and Galera has serializable transactions within one
// node only.
bool keeps_money_in_mariadb(const Options& options) {
  const std::string& isolation = options.at("isolation");
  if (options.at("layout") == "galera") return false;
  if (isolation == "serializable") return true;
  return isolation == "repeatable-read" && options.at("snapshot-isolation") == "on" &&
         options.at("bank") == "balances";
}

}  // namespace

CheckerNames mariadb_promises(const Options& options, const std::string& workload) {
  const bool galera = options.at("layout") == "galera";
  // Galera's commits stand on other nodes, whatever one of them keeps.
  if (options.at("flush") != "1") return only_service;
  if (workload == "bank") return keeps_money_in_mariadb(options) ? what_it_claims : only_service;
  if (!galera || options.at("wsrep_sync_wait") != "0") return what_it_claims;
  // A node may answer before it has applied what others have committed.
  if (workload == "set") return {"set-full"};
  const bool no_reads = workload == "unique-ids";
  return no_reads ? what_it_claims : only_service;
}

}  // namespace tribunal
