#include "clients/postgresql/patroni.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "clients/etcd/deploy.h"
#include "clients/postgresql/session.h"
#include "clients/postgresql/settings.h"
#include "harness/cluster/command.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

// Its arguments: Patroni, and the host's data folder. Patroni sleeps for five seconds where nobody
// listens yet at the address of its etcd, so it waits for that first.
constexpr const char* patroni_script = R"sh(# How this node is started.
patroni=$1 root=$2
umask 077
exec 9>"$root/lock"
flock -w 5 9 || exit 1
rm -f "$root/postgresql/postmaster.pid" # of a dead one, whose number may be another's by now
"$patroni" --version
for try in $(seq 50); do
  bash -c 'exec 8<>/dev/tcp/127.0.0.1/2379' 2>&1 && break
  sleep 0.1
done
exec "$patroni" "$root/patroni.yml"
)sh";

// Its argument: how to connect to the server that has just been made.
constexpr const char* make_schema_script =
    "exec \"$1\" -X -q -v ON_ERROR_STOP=1 -f \"$2\" \"$3\"\n";

std::string bin_folder(const Deployment& deployment) {
  return std::filesystem::path(deployment.binary).parent_path().string();
}

// What the cluster agrees on, by way of etcd; the first node puts it there.
std::string shared_configuration(const Deployment& deployment) {
  const auto& options = deployment.options;
  const std::string& synchronous = options.at("synchronous");
  return fmt::format(
      "  dcs:\n"
      "    ttl: {}\n"
      "    loop_wait: {}\n"
      "    retry_timeout: {}\n"
      "    maximum_lag_on_failover: {}\n"
      "    master_start_timeout: {}\n"
      "    synchronous_mode: {}\n"
      "    synchronous_mode_strict: {}\n"
      "    synchronous_node_count: {}\n"
      "    postgresql:\n"
      "      use_pg_rewind: true\n"
      "      remove_data_directory_on_rewind_failure: true\n"
      "      remove_data_directory_on_diverged_timelines: true\n"
      "      parameters:\n"
      "        max_connections: {}\n"
      "        wal_keep_size: {}\n"
      "        wal_sender_timeout: 5s\n",
      options.at("ttl"), options.at("loop-wait"), options.at("retry-timeout"),
      options.at("maximum-lag-on-failover"), options.at("primary-start-timeout"),
      synchronous != "off", synchronous == "quorum",
      std::max<std::size_t>(1, deployment.hosts.size() / 2), postgres_connections,
      postgres_kept_log);
}

std::string etcd_hosts(const Deployment& deployment, const std::string& own) {
  std::string lines = fmt::format("  - {}:2379\n", own);
  for (const auto& address : deployment.addresses)
    if (address != own) lines += fmt::format("  - {}:2379\n", address);
  return lines;
}

std::string server_configuration(const std::string& address, const std::string& root,
                                 const Deployment& deployment) {
  std::string text = fmt::format(
      "postgresql:\n"
      "  listen: 127.0.0.1,{0}:5432\n"
      "  connect_address: {0}:5432\n"
      "  data_dir: {1}/postgresql\n"
      "  bin_dir: {2}\n"
      "  pgpass: {1}/pgpass\n"
      "  basebackup:\n"
      "  - checkpoint: fast\n"
      "  - no-sync\n"
      "  authentication:\n",
      address, root, bin_folder(deployment));
  for (const char* part : {"superuser", "replication", "rewind"})
    text += fmt::format("    {}:\n      username: {}\n", part, postgres_operator);
  text += "  pg_hba:\n";
  for (const auto& line : postgres_entrance()) text += "  - " + line + "\n";
  text += "  parameters:\n";
  for (const auto& [name, value] : postgres_settings(deployment))
    text += fmt::format("    {}: '{}'\n", name, value);
  return text;
}

std::string path_of_patroni() {
  if (auto found = find_program("patroni")) return *found;
  throw Error(Blame::environment, "Patroni is not installed: there is no patroni on PATH",
              "apt-get install patroni etcd-server");
}

// Every node's leader key and configuration are there: etcd as it is by default.
void start_its_etcd(Host& host, const Deployment& deployment) {
  const Database database = etcd();
  Deployment beside = deployment;
  std::tie(beside.binary, beside.version) = database.find("");
  beside.options.clear();
  for (const DatabaseOption& option : database.options)
    beside.options[option.name] = option.values.empty() ? option.standard : option.values.front();
  database.start(host, beside);
}

}  // namespace

std::vector<DatabaseOption> patroni_options() {
  return {
      {"ttl", {"20", "10", "30"}, "Patroni: seconds after which the leader key is another's"},
      {"loop-wait", {"1", "2", "10"}, "Patroni: seconds between two looks"},
      {"retry-timeout",
       {"3", "5", "10"},
       "Patroni: seconds without etcd after which a primary steps down"},
      {"maximum-lag-on-failover",
       {"1048576", "0", "16777216"},
       "Patroni: bytes by which a replica that is promoted may be behind, as far as is known"},
      {"primary-start-timeout",
       {"300", "0"},
       "Patroni: seconds that a primary which crashed has to recover; 0: fail over at once"},
  };
}

std::string patroni_configuration(const std::string& name, const std::string& root,
                                  const Deployment& deployment) {
  const auto at = std::find(deployment.hosts.begin(), deployment.hosts.end(), name);
  const std::string& address =
      deployment.addresses.at(static_cast<std::size_t>(at - deployment.hosts.begin()));
  return fmt::format(
             "scope: tribunal\n"
             "name: {0}\n"
             "restapi:\n"
             "  listen: {1}:8008\n"
             "  connect_address: {1}:8008\n"
             "etcd3:\n"
             "  hosts:\n{2}"
             "watchdog:\n"
             "  mode: 'off'\n"
             "bootstrap:\n"
             "{3}"
             "  initdb:\n"
             "  - encoding: UTF8\n"
             "  - locale: C\n"
             "  - no-sync\n"
             "  post_init: /bin/sh {4}/schema.sh {5}/psql {4}/schema.sql\n",
             name, address, etcd_hosts(deployment, address), shared_configuration(deployment), root,
             bin_folder(deployment)) +
         server_configuration(address, root, deployment);
}

void start_patroni(Host& host, const Deployment& deployment) {
  const std::string root = host.data().string();
  Daemon daemon;
  daemon.as_ordinary_user = true;
  daemon.files = {{"patroni.sh", patroni_script},
                  {"patroni.yml", patroni_configuration(host.name(), root, deployment)},
                  {"schema.sh", make_schema_script},
                  {"schema.sql", postgres_schema_lines()}};
  daemon.command = {"/bin/sh", root + "/patroni.sh", path_of_patroni(), root};
  start_its_etcd(host, deployment);
  host.start(daemon);
}

}  // namespace tribunal
