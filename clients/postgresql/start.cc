#include "clients/postgresql/start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "clients/postgresql/session.h"
#include "clients/postgresql/settings.h"
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

std::string postgresql_conf(const Host& host, const Deployment& deployment) {
  const Standing standing(deployment);
  const std::string synchronous =
      standing.quorum()
          ? fmt::format("ANY {} ({})", standing.acknowledging(), fmt::join(deployment.hosts, ", "))
          : "";
  std::string lines;
  const auto set = [&](const std::string& name, const std::string& value) {
    lines += fmt::format("{} = '{}'\n", name, value);
  };
  set("listen_addresses", "127.0.0.1, " + host.address());
  set("max_connections", postgres_connections);
  set("wal_keep_size", postgres_kept_log);
  set("wal_sender_timeout", "2s");
  set("synchronous_standby_names", synchronous);
  for (const auto& [name, value] : postgres_settings(deployment)) set(name, value);
  return lines;
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
  if (deployment.options.at("synchronous") == "on") {
    throw Error(Blame::usage, "synchronous=on is for layout=patroni",
                "--set synchronous=quorum, off, or layout=patroni");
  }
  standing.begin();
  const bool primary = leads(host, deployment);
  const std::string root = host.data().string();
  Daemon daemon;
  daemon.as_ordinary_user = true;
  daemon.files = {{"postgres.sh", start_script},
                  {"postgresql.conf", postgresql_conf(host, deployment)},
                  {"pg_hba.conf", fmt::format("{}\n", fmt::join(postgres_entrance(), "\n"))},
                  {"schema.sql", postgres_schema_lines()}};
  daemon.command = {"/bin/sh",
                    root + "/postgres.sh",
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
