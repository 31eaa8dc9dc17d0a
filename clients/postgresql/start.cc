#include "clients/postgresql/start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "clients/postgresql/client.h"
#include "clients/postgresql/session.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

// Its arguments: the folder of PostgreSQL's programs, the host's data folder, primary or standby,
// keep or anew, the host's name, and the addresses of its peers. Two of them never run on one
// folder: the lock is inherited by all that it starts, and goes with the last of them. What it
// makes stands under its name only when it is whole, so that a kill leaves nothing by halves. A
// standby asks its peers who the primary is, for as long as it takes.
constexpr const char* start_script = R"sh(# How this node is started.
bin=$1 root=$2 role=$3 existing=$4 name=$5
shift 5
umask 077
export PGCONNECT_TIMEOUT=2
alive="keepalives_idle=1 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=3000"
data=$root/postgresql
settings="-c config_file=$root/postgresql.conf -c hba_file=$root/pg_hba.conf"
exec 9>"$root/lock"
flock -w 5 9 || exit 1

make_primary() {
  rm -rf "$root/new"
  "$bin/initdb" --username=tribunal --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions -D "$root/new" &&
    "$bin/postgres" --single $settings -c synchronous_standby_names= -D "$root/new" postgres <"$root/schema.sql"
}

copy_primary() {
  while :; do
    for peer in "$@"; do
      [ "$("$bin/psql" -h "$peer" -U tribunal -d postgres -Atc 'SELECT pg_is_in_recovery()' 2>&1)" = f ] || continue
      rm -rf "$root/new"
      timeout 20 "$bin/pg_basebackup" -d "host=$peer user=tribunal $alive" -D "$root/new" -c fast -X stream --no-sync || continue
      echo "primary_conninfo = 'host=$peer user=tribunal application_name=$name'" >>"$root/new/postgresql.auto.conf"
      touch "$root/new/standby.signal"
      return
    done
    sleep 0.2
  done
}

if [ ! -d "$data" ] || [ "$existing" = anew ]; then
  if [ "$role" = primary ]; then make_primary || exit 1; else copy_primary "$@"; fi
  rm -rf "$data"
  mv "$root/new" "$data"
fi
rm -f "$data/postmaster.pid" # of a dead one, whose number may be another's by now
exec "$bin/postgres" $settings -D "$data"
)sh";

std::string settings(const Host& host, const Deployment& deployment) {
  const Standing standing(deployment);
  const std::string synchronous =
      standing.quorum()
          ? fmt::format("ANY {} ({})", standing.acknowledging(), fmt::join(deployment.hosts, ", "))
          : "";
  return fmt::format(
      "listen_addresses = '127.0.0.1, {}'\n"
      "unix_socket_directories = ''\n"
      "max_connections = 300\n"
      "superuser_reserved_connections = 10\n"
      "shared_buffers = 32MB\n"
      "fsync = {}\n"
      "synchronous_commit = {}\n"
      "synchronous_standby_names = '{}'\n"
      "wal_keep_size = 256MB\n"
      "wal_sender_timeout = 2s\n"
      "wal_receiver_timeout = 2s\n"
      "wal_retrieve_retry_interval = 200ms\n"
      "deadlock_timeout = 100ms\n"
      "lc_messages = 'C'\n"
      "log_line_prefix = '%m [%p] '\n",
      host.address(), deployment.options.at("fsync"), deployment.options.at("commit"), synchronous);
}

// Whoever reaches a node of a cell may do all there.
constexpr const char* who_may_enter =
    "host all all all trust\n"
    "host replication all all trust\n";

// A line a statement, as PostgreSQL's single-user mode wants it.
std::string schema_lines() {
  std::string lines = fmt::format("CREATE ROLE {} LOGIN;\n", postgres_application);
  for (const auto& statement : sql_schema(postgresql_dialect())) lines += statement + ";\n";
  lines += fmt::format("GRANT ALL ON ALL TABLES IN SCHEMA public TO {};\n", postgres_application);
  return lines +
         fmt::format("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {};\n", postgres_application);
}

// With a quorum a primary that ended is not started as one again: what it had committed and nobody
// had acknowledged would be seen, and then be lost by the next fail-over. It stands back where
// replicas can take over.
bool leads(const Host& host, const Deployment& deployment) {
  Standing standing(deployment);
  if (!standing.replicated()) return true;
  if (standing.primary() != host.name()) return false;
  if (!standing.quorum() || !standing.can_do_without(host.name())) return true;
  standing.depose();
  return false;
}

}  // namespace

std::string standby_conninfo(const std::string& standby, const std::string& primary_address) {
  return fmt::format("host={} user={} application_name={}", primary_address, postgres_operator,
                     standby);
}

void start_postgresql(Host& host, const Deployment& deployment) {
  Standing standing(deployment);
  if (!standing.replicated() && deployment.hosts.size() > 1) {
    throw Error(Blame::usage,
                fmt::format("--nodes {}: the layout single has one", deployment.hosts.size()),
                "--nodes 1, or --set layout=replicated");
  }
  standing.begin();
  const bool primary = leads(host, deployment);
  const std::string root = host.data().string();
  Daemon daemon;
  daemon.as_ordinary_user = true;
  daemon.files = {{"start.sh", start_script},
                  {"postgresql.conf", settings(host, deployment)},
                  {"pg_hba.conf", who_may_enter},
                  {"schema.sql", schema_lines()}};
  daemon.command = {"/bin/sh",
                    root + "/start.sh",
                    std::filesystem::path(deployment.binary).parent_path().string(),
                    root,
                    primary ? "primary" : "standby",
                    primary || standing.is_whole(host.name()) ? "keep" : "anew",
                    host.name()};
  for (const auto& address : deployment.addresses)
    if (address != host.address()) daemon.command.push_back(address);
  host.start(daemon);
}

}  // namespace tribunal
