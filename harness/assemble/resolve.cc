#include "harness/assemble/resolve.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <random>

#include "checkers/catalogue.h"
#include "checkers/options.h"
#include "clients/endpoints/access.h"
#include "clients/endpoints/fresh_keys.h"
#include "clients/endpoints/running.h"
#include "harness/assemble/find_database.h"
#include "harness/assemble/resolve_schedule.h"
#include "harness/parts/catalogue.h"
#include "harness/run/judge.h"
#include "harness/workloads/catalogue.h"

namespace tribunal {
namespace {

std::int64_t nanoseconds(Milliseconds time) { return std::chrono::nanoseconds(time).count(); }

[[noreturn]] void contradiction(const std::string& what, const std::string& fix) {
  throw Error(Blame::usage, what, fix);
}

void check_traffic(const Traffic& traffic, const Workload& workload) {
  if (traffic.processes_per_key > traffic.workers) {
    contradiction(fmt::format("--processes-per-key {} of a --concurrency of {}: so many do not run",
                              traffic.processes_per_key, traffic.workers),
                  fmt::format("--concurrency {} or more, or fewer --processes-per-key",
                              traffic.processes_per_key));
  }
  if (traffic.readers_per_key >= traffic.processes_per_key) {
    contradiction(fmt::format("--readers-per-key {} of {} processes a key: nobody is left to write",
                              traffic.readers_per_key, traffic.processes_per_key),
                  "fewer --readers-per-key or more --processes-per-key");
  }
  int total = 0;
  for (const auto& [call, weight] : traffic.weights) {
    if (!workload.defaults.weights.contains(call)) {
      std::vector<std::string> known;
      for (const auto& [name, odds] : workload.defaults.weights) known.push_back(name);
      contradiction(
          fmt::format("--weights: the workload '{}' has no call '{}'", workload.name, call),
          fmt::format("its calls: {}", fmt::join(known, ", ")));
    }
    total += weight;
  }
  if (total == 0)
    contradiction("--weights: all of them are 0", "give at least one call a weight above 0");
}

Movement movement_of(const Spec& spec, const Workload& workload) {
  const std::map<std::string, Movement> named = {{"sticky", Movement::sticky},
                                                 {"round-robin", Movement::round_robin},
                                                 {"random", Movement::random},
                                                 {"fail-over", Movement::fail_over}};
  const auto it = named.find(spec.sessions);
  return it == named.end() ? workload.defaults.movement : it->second;
}

Traffic traffic_of(const Spec& spec, const Workload& workload) {
  Traffic traffic = workload.defaults;
  traffic.workers = spec.concurrency;
  traffic.rate = spec.rate;
  if (spec.processes_per_key > 0) traffic.processes_per_key = spec.processes_per_key;
  if (spec.operations_per_key > 0) traffic.operations_per_key = spec.operations_per_key;
  if (spec.processes_per_key == 0)
    traffic.processes_per_key = std::min(traffic.processes_per_key, traffic.workers);
  traffic.readers_per_key = spec.readers_per_key;
  traffic.nodes = spec.nodes;
  traffic.movement = movement_of(spec, workload);
  traffic.tokens = spec.tokens == "dropped" ? Tokens::dropped : Tokens::carried;
  traffic.operations = spec.operations;
  traffic.duration = nanoseconds(spec.time);
  if (!spec.weights.empty()) traffic.weights = spec.weights;
  check_traffic(traffic, workload);
  return traffic;
}

// What is wrong with a claim is said now, not after the run: an empty history is enough to say it.
void check_claims(const Spec& spec) {
  CheckOptions options;
  options.more = spec.checker_options;
  require_known(options);
  for (const auto& name : checkers_of(spec))
    judge(find(checkers(), "checker", name), History{}, options, Budget{});
}

void settle_nodes(Spec& spec, const Database& database,
                  const std::map<std::string, std::string>& options) {
  const NodeCounts counts = database.nodes ? database.nodes(options) : NodeCounts{};
  if (spec.nodes == 0) spec.nodes = counts.usual;
  if (spec.nodes >= counts.least) return;
  std::string chosen;
  for (const auto& [name, value] : spec.options) chosen += fmt::format(" --set {}={}", name, value);
  contradiction(fmt::format("--nodes {}: {}{} needs {} at least", spec.nodes, database.name, chosen,
                            counts.least),
                fmt::format("--nodes {}", counts.usual));
}

std::map<std::string, std::string> options_of(const Spec& spec, const Database& database) {
  std::map<std::string, std::string> options;
  for (const auto& option : database.options)
    options[option.name] = option.values.empty() ? option.standard : option.values.front();
  for (const auto& [name, value] : spec.options) {
    const auto& option = find(database.options, "option of " + database.name, name);
    if (!option.values.empty() &&
        std::find(option.values.begin(), option.values.end(), value) == option.values.end()) {
      contradiction(
          fmt::format("{}: the option {} of {} cannot be '{}'", name, name, database.name, value),
          fmt::format("one of: {}", fmt::join(option.values, ", ")));
    }
    options[name] = value;
  }
  return options;
}

Access access_to(Spec& spec) {
  if (!spec.access_file.empty()) spec.access_file = std::filesystem::absolute(spec.access_file);
  return read_access(spec.access_file);
}

// What a deployment that runs already cannot be asked for is said by its name.
std::shared_ptr<const Database> running(Spec& spec, const Database& database,
                                        const Access& access) {
  const std::string reach =
      "the processes and the network of --endpoints are not in Tribunal's reach";
  if (spec.schedule != "random")
    contradiction(fmt::format("--schedule {}: {}", spec.schedule, reach), "leave it out");
  if (!spec.has_faults) spec.faults.clear();
  if (!spec.faults.empty())
    contradiction(fmt::format("--faults {}: {}", fmt::join(spec.faults, ","), reach),
                  "--faults none, or leave out --endpoints, so that Tribunal starts the database");
  if (spec.nodes != 0 && spec.nodes != spec.endpoints.size())
    contradiction(
        fmt::format("--nodes {}: there are {} --endpoints", spec.nodes, spec.endpoints.size()),
        "leave out --nodes");
  if (!spec.binary.empty())
    contradiction("--binary: with --endpoints no server is started", "leave it out");
  for (const auto& endpoint : spec.endpoints)
    if (const auto colon = endpoint.rfind(':');
        colon == std::string::npos || colon == 0 || colon + 1 == endpoint.size())
      contradiction(fmt::format("--endpoints: '{}' is no host:port", endpoint),
                    "--endpoints 10.0.0.1:2379,10.0.0.2:2379");
  if (const auto client = built_in_client(spec.database); !client.empty())
    check_endpoints(client, access, spec.options);
  spec.nodes = spec.endpoints.size();
  return std::make_shared<const Database>(
      running_database(database, fresh_keys_at(std::time(nullptr))));
}

}  // namespace

std::vector<std::string> checkers_of(const Spec& spec) {
  if (!spec.checkers.empty()) return spec.checkers;
  const auto database = find_database(spec.database);
  const auto& workload = find(workloads(), "workload", spec.workload);
  std::vector<std::string> names;
  if (database->promises) names = database->promises(options_of(spec, *database), workload.name);
  return names.empty() ? workload.checkers : names;
}

std::string claim_of(const Spec& spec) {
  const auto& workload = find(workloads(), "workload", spec.workload);
  const auto names = checkers_of(spec);
  if (names == workload.checkers) return workload.claim;
  std::string claim;
  for (const auto& name : names)
    claim += (claim.empty() ? "" : " ") + find(checkers(), "checker", name).claim;
  return claim;
}

Minimums minimums_of(const Spec& spec, const Workload& workload) {
  Minimums minimums = workload.minimums;
  if (spec.acknowledged > 0) minimums.acknowledged = spec.acknowledged;
  if (spec.acknowledged_reads > 0) minimums.acknowledged_reads = spec.acknowledged_reads;
  if (spec.acknowledged_writes > 0) minimums.acknowledged_writes = spec.acknowledged_writes;
  return minimums;
}

Resolved resolve(Spec& spec) {
  if (spec.database.empty()) {
    throw Error(Blame::usage, "no database was named",
                "tribunal run etcd; `tribunal list databases` prints them");
  }
  if (names_a_file(spec.database))  // for whoever repeats the run from elsewhere
    spec.database = std::filesystem::absolute(spec.database).lexically_normal();
  auto owner = find_database_to_run(spec.database);
  Access access;
  if (!spec.endpoints.empty()) {
    access = access_to(spec);
    owner = running(spec, *owner, access);
  }
  const Database& database = *owner;
  const auto& workload = find(workloads(), "workload", spec.workload);
  if (std::find(database.workloads.begin(), database.workloads.end(), workload.name) ==
      database.workloads.end()) {
    contradiction(fmt::format("{} does not serve the workload '{}'", database.name, workload.name),
                  fmt::format("one of: {}", fmt::join(database.workloads, ", ")));
  }
  if (!database.start)
    contradiction(fmt::format("{} does not say how {} is started", spec.database, database.name),
                  "add `server` and `start` to it (docs/deployments.md), or name --endpoints");
  check_claims(spec);
  const auto options = options_of(spec, database);
  settle_nodes(spec, database, options);
  if (!spec.has_seed) {
    spec.seed = std::random_device{}() % 1'000'000;  // short, for people to type
    spec.has_seed = true;
  }
  Resolved resolved{
      owner, database, workload, traffic_of(spec, workload), minimums_of(spec, workload), {},
      {},    {},       {}};
  resolve_schedule(spec, database, resolved);
  resolved.deployment.options = options;
  resolved.deployment.access = std::move(access);
  resolved.deployment.call_timeout = spec.timeout;
  std::tie(resolved.deployment.binary, resolved.deployment.version) = database.find(spec.binary);
  return resolved;
}

}  // namespace tribunal
