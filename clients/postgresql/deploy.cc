#include "clients/postgresql/deploy.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "clients/postgresql/client.h"
#include "clients/postgresql/fail_over.h"
#include "clients/postgresql/patroni.h"
#include "clients/postgresql/promises.h"
#include "clients/postgresql/session.h"
#include "clients/postgresql/start.h"
#include "clients/postgresql/watch.h"
#include "clients/sql/client.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr const char* install_postgresql = "apt-get install postgresql-15";

// Debian keeps its servers, of which there may be several, away from PATH. The newest counts.
std::string newest_of_debian() {
  std::string newest;
  int version = 0;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path program = entry.path() / "bin" / "postgres";
    const int number = std::atoi(entry.path().filename().c_str());
    if (number <= version || access(program.c_str(), X_OK) != 0) continue;
    version = number;
    newest = program;
  }
  return newest;
}

std::string path_of_postgres(const std::string& binary) {
  if (binary.empty()) {
    if (auto found = newest_of_debian(); !found.empty()) return found;
    if (auto found = find_program("postgres")) return fs::canonical(*found);
    throw Error(Blame::environment,
                "PostgreSQL is not installed: there is no postgres in /usr/lib/postgresql/*/bin "
                "nor on PATH",
                install_postgresql);
  }
  std::error_code ignored;
  const fs::path path = fs::canonical(binary, ignored);
  if (!path.empty() && access(path.c_str(), X_OK) == 0 && fs::is_regular_file(path, ignored))
    return path;
  throw Error(Blame::environment, fmt::format("{} is no program that can be run", binary),
              fmt::format("give the path of a postgres server, or: {}", install_postgresql));
}

// "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)" -> "15.18"
std::string version_of_postgres(const std::string& text) {
  constexpr std::string_view label = "postgres (PostgreSQL) ";
  if (!text.starts_with(label)) return {};
  const std::string rest = text.substr(label.size());
  return rest.substr(0, rest.find_first_of(" \n"));
}

std::pair<std::string, std::string> find_postgresql(const std::string& binary) {
  const std::string path = path_of_postgres(binary);
  const CommandResult result = run_command({path, "--version"}, Milliseconds(5000));
  const std::string version = version_of_postgres(result.out);
  if (!result.ok() || version.empty()) {
    throw Error(Blame::environment,
                fmt::format("{} --version does not answer as postgres does", path),
                install_postgresql);
  }
  constexpr int least = 14;  // the first that says by itself whether it is a standby
  if (std::atoi(version.c_str()) < least) {
    throw Error(Blame::environment,
                fmt::format("{} is PostgreSQL {}, and {} or later is needed", path, version, least),
                install_postgresql);
  }
  for (const char* tool : {"initdb", "pg_basebackup", "psql"}) {
    if (access((fs::path(path).parent_path() / tool).c_str(), X_OK) == 0) continue;
    throw Error(Blame::environment, fmt::format("there is no {} beside {}", tool, path),
                install_postgresql);
  }
  return {path, version};
}

// Of the primary, that it commits, and so that a quorum acknowledges where one is asked for; of
// any other, that it streams from the primary.
bool answers(Host& host, const Deployment& deployment, Milliseconds patience) {
  PostgresWatch watch(host.address());
  const auto view = watch.look(patience);
  if (!view) return false;
  const Standing standing(deployment);
  // Whom it is to follow only Patroni knows.
  if (deployment.options.at("layout") == "patroni" && view->in_recovery) return view->streaming;
  if (standing.replicated() && standing.primary() != host.name()) {
    const auto at = std::find(deployment.hosts.begin(), deployment.hosts.end(), standing.primary());
    if (at == deployment.hosts.end()) return false;
    const auto& address =
        deployment.addresses[static_cast<std::size_t>(at - deployment.hosts.begin())];
    return view->in_recovery && view->streaming &&
           view->follows.find("host=" + address + " ") != std::string::npos;
  }
  return !view->in_recovery &&
         watch.tell({"SELECT pg_logical_emit_message(true, 'tribunal', 'ready')"}, patience);
}

bool postgresql_ready(Host& host, const Deployment& deployment, Milliseconds deadline) {
  const auto until = steady_clock::now() + deadline;
  while (true) {
    const auto left = std::chrono::duration_cast<Milliseconds>(until - steady_clock::now());
    if (left.count() <= 0) return false;
    if (answers(host, deployment, std::min(left, Milliseconds(1000)))) return true;
    std::this_thread::sleep_for(std::min(left, Milliseconds(50)));
  }
}

std::string postgresql_role(Host& host, const Deployment&) {
  const auto view = PostgresWatch(host.address()).look(Milliseconds(400));
  if (!view) return "";
  return view->in_recovery ? "follower" : "leader";
}

NodeCounts postgresql_nodes(const std::map<std::string, std::string>& options) {
  return options.at("layout") == "single" ? NodeCounts{1, 1} : NodeCounts{3, 2};
}

std::vector<DatabaseOption> postgresql_options() {
  std::vector<DatabaseOption> options = {
      {"layout",
       {"replicated", "single", "patroni"},
       "a primary and streaming replicas, one server, or Patroni over etcd"},
      {"synchronous",
       {"quorum", "off", "on"},
       "a commit is acknowledged when half of the other nodes have it on disk, or by the primary "
       "alone; on: by it alone only where Patroni finds no other"},
      {"isolation",
       {"read-committed", "repeatable-read", "serializable"},
       "of every transaction; PostgreSQL's own default is the first"},
      {"reads", {"primary", "replica"}, "whether a replica answers reads; it may be behind"},
      {"bank",
       {"balances", "ledger"},
       "how accounts are kept: a row each, written over, or a row for each entry"},
      {"failover-after",
       {"3000", "1000", "10000", "off"},
       "milliseconds for which no majority vouches for the primary, and another is promoted"},
      {"commit", {"on", "off"}, "synchronous_commit: acknowledged when it is on the disk"},
      {"fsync", {"on", "off"}, "whether what is written is ever forced to the disk"},
  };
  for (auto& option : patroni_options()) options.push_back(std::move(option));
  return options;
}

}  // namespace

Database postgresql() {
  const auto mutex = std::make_shared<StandingMutex>();
  Database database;
  database.name = "postgresql";
  database.summary =
      "PostgreSQL 14 or later: one server, a primary with streaming replicas, or Patroni";
  database.workloads = sql_workloads();
  database.options = postgresql_options();
  database.find = &find_postgresql;
  database.start = [mutex](Host& host, const Deployment& deployment) {
    const std::scoped_lock lock(*mutex);
    if (deployment.options.at("layout") == "patroni")
      start_patroni(host, deployment);
    else
      start_postgresql(host, deployment);
  };
  database.ready = &postgresql_ready;
  database.role = &postgresql_role;
  database.connect = &connect_postgresql;
  database.promises = &postgresql_promises;
  database.nodes = &postgresql_nodes;
  database.supervise = [mutex](Cluster& cluster, const Deployment& deployment,
                               const std::stop_token& stop) {
    if (Standing(deployment).replicated()) watch_over_postgresql(cluster, deployment, *mutex, stop);
  };
  database.stop_signal = 2;  // SIGINT: a fast shutdown, which does not wait for clients to go
  return database;
}

}  // namespace tribunal
