#include "clients/mariadb/deploy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "clients/mariadb/client.h"
#include "clients/mariadb/galera.h"
#include "clients/mariadb/promises.h"
#include "clients/mariadb/start.h"
#include "clients/sql/client.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using std::chrono::steady_clock;

constexpr const char* install_mariadb = "apt-get install mariadb-server galera-4 rsync";

std::string path_of_mariadbd(const std::string& binary) {
  if (binary.empty()) {
    if (auto found = find_program("mariadbd")) return *found;
    throw Error(Blame::environment, "MariaDB is not installed: there is no mariadbd on PATH",
                install_mariadb);
  }
  std::error_code ignored;
  const std::filesystem::path path = std::filesystem::absolute(binary, ignored);
  if (std::filesystem::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0)
    return path;
  throw Error(Blame::environment, fmt::format("{} is no program that can be run", binary),
              fmt::format("give the path of a mariadbd, or: {}", install_mariadb));
}

// "mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu" -> "10.11.19"
std::string version_of_mariadbd(const std::string& text) {
  constexpr std::string_view label = "Ver ";
  const std::size_t at = text.find(label), end = text.find("-MariaDB");
  if (at == std::string::npos || end == std::string::npos || end < at) return {};
  return text.substr(at + label.size(), end - at - label.size());
}

std::pair<std::string, std::string> find_mariadb(const std::string& binary) {
  const std::string path = path_of_mariadbd(binary);
  const CommandResult result = run_command({path, "--version"}, Milliseconds(5000));
  const std::string version = version_of_mariadbd(result.out);
  if (!result.ok() || version.empty())
    throw Error(Blame::environment,
                fmt::format("{} --version does not answer as mariadbd does", path),
                install_mariadb);
  return {path, version};
}

// A read that waits until it has seen what was committed anywhere, which only a quorum can tell.
bool mariadb_answers(Host& host, const Deployment& deployment, Milliseconds patience) {
  Deployment probe;
  probe.call_timeout = patience;
  probe.options = deployment.options;
  probe.options["wsrep_sync_wait"] = "7";
  if (deployment.options.at("layout") == "galera") {
    const auto view = look_at_galera(host.address(), patience);
    if (!view || !view->primary || !view->synced) return false;
  }
  try {
    connect_mariadb(host.address(), probe)->invoke(Read{});
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool mariadb_ready(Host& host, const Deployment& deployment, Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    if (mariadb_answers(host, deployment, std::min(left, Milliseconds(1000)))) return true;
    std::this_thread::sleep_for(std::min(left, Milliseconds(50)));
  }
}

// In a Galera cluster all lead that are of the primary component.
std::string mariadb_role(Host& host, const Deployment& deployment) {
  const auto view = look_at_galera(host.address(), Milliseconds(400));
  if (!view) return "";
  return deployment.options.at("layout") == "single" || view->primary ? "leader" : "follower";
}

// Nodes that come one after the other get their data sooner than nodes that all come at once, since
// a peer serves one at a time.
void form_mariadb(Cluster& cluster, const Deployment& deployment) {
  if (deployment.options.at("layout") == "single") return;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    if (i > 0) cluster.start_database(cluster.host(i));
    if (!mariadb_ready(cluster.host(i), deployment, Milliseconds(60'000))) return;
  }
}

std::vector<DatabaseOption> mariadb_options() {
  return {
      {"layout", {"galera", "single"}, "a Galera cluster of all nodes, or one server"},
      {"wsrep_sync_wait",
       {"7", "1", "0"},
       "what waits until the node has caught up: reads and writes, reads, or nothing (Galera's own "
       "default)"},
      {"isolation",
       {"repeatable-read", "read-committed", "serializable"},
       "of every transaction; MariaDB's own default is the first"},
      {"snapshot-isolation",
       {"off", "on"},
       "innodb_snapshot_isolation: whether who writes what another has changed since is refused"},
      {"bank",
       {"balances", "ledger"},
       "how accounts are kept: a row each, written over, or a row for each entry"},
      {"flush", {"1", "2", "0"}, "innodb_flush_log_at_trx_commit"},
  };
}

}  // namespace

Database mariadb() {
  Database database;
  database.name = "mariadb";
  database.summary = "MariaDB 10.6 or later: one server, or a Galera cluster";
  database.workloads = sql_workloads();
  database.options = mariadb_options();
  database.find = &find_mariadb;
  database.start = [](Host& host, const Deployment& deployment) {
    // All but the first wait for form().
    const bool galera = deployment.options.at("layout") == "galera";
    if (galera && host.index() > 0 && deployment.notes->claim(host.name() + " waits")) return;
    start_mariadb(host, deployment);
  };
  database.ready = &mariadb_ready;
  database.role = &mariadb_role;
  database.connect = &connect_mariadb;
  database.promises = &mariadb_promises;
  database.nodes = [](const std::map<std::string, std::string>& options) {
    return options.at("layout") == "single" ? NodeCounts{1, 1} : NodeCounts{3, 1};
  };
  database.form = &form_mariadb;
  database.supervise = [](Cluster& cluster, const Deployment& deployment,
                          const std::stop_token& stop) {
    if (deployment.options.at("layout") == "galera") watch_over_galera(cluster, deployment, stop);
  };
  return database;
}

}  // namespace tribunal
