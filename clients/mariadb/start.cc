#include "clients/mariadb/start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "clients/mariadb/client.h"
#include "clients/mariadb/session.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

// Its arguments: the server, the host's data folder, single, first or joins, and the addresses of
// its peers. The first node of a new cluster and a single server make their data, the others get
// theirs from a peer. A node of a cluster that was stopped as the last one, and so has all that was
// committed, begins the cluster anew where no peer is there any more. After a crash the node finds
// out how far it had come, so that a peer need not send everything.
constexpr const char* start_mariadb_script = R"sh(# How this node is started.
server=$1 root=$2 role=$3
shift 3
umask 077
data=$root/mariadb
settings="--defaults-file=$root/mariadb.cnf --datadir=$data --tmpdir=$root/tmp"
exec 9>"$root/lock"
flock -w 5 9 || exit 1
mkdir -p "$root/tmp"

make_data() {
  rm -rf "$root/new"
  mkdir -p "$root/new/mysql"
  {
    echo "USE mysql;"
    echo "SET @auth_root_socket=NULL;"
    cat "$root/system.sql" "$root/schema.sql"
  } | "$server" --no-defaults --bootstrap --basedir=/usr --datadir="$root/new" --tmpdir="$root/tmp" \
    --innodb-flush-log-at-trx-commit=0 --innodb-log-file-size=32M --skip-name-resolve --log-warnings=0 &&
    mv "$root/new" "$data"
}

somebody_is_there() {
  for peer in "$@"; do
    timeout 1 bash -c "exec 8<>/dev/tcp/$peer/4567" 2>/dev/null && return
  done
  return 1
}

more=
if [ ! -d "$data" ]; then
  case $role in
    joins) mkdir "$data" ;;
    *) cat /usr/share/mysql/mysql_system_tables.sql /usr/share/mysql/mysql_performance_tables.sql \
      /usr/share/mysql/mysql_system_tables_data.sql >"$root/system.sql" && make_data || exit 1 ;;
  esac
  [ "$role" != first ] || more=--wsrep-new-cluster
elif [ "$role" != single ]; then
  if grep -q '^safe_to_bootstrap: *1' "$data/grastate.dat" 2>/dev/null && ! somebody_is_there "$@"; then
    more=--wsrep-new-cluster
  else
    position=$("$server" $settings --wsrep-recover 2>&1 | sed -n 's/.*Recovered position: *//p' | tail -n 1)
    [ -z "$position" ] || more=--wsrep-start-position=$position
  fi
fi
exec "$server" $settings $more
)sh";

std::string galera_settings(const Host& host, const Deployment& deployment) {
  return fmt::format(
      "wsrep_on = ON\n"
      "wsrep_provider = {}\n"
      "wsrep_cluster_name = tribunal\n"
      "wsrep_cluster_address = gcomm://{}\n"
      "wsrep_node_name = {}\n"
      "wsrep_node_address = {}\n"
      "wsrep_sst_method = rsync\n"
      "wsrep_provider_options = \"gcache.size=64M; evs.keepalive_period=PT0.5S; "
      "evs.suspect_timeout=PT2S; "
      "evs.inactive_timeout=PT4S; evs.inactive_check_period=PT0.5S; "
      "repl.causal_read_timeout=PT5S\"\n",
      galera_provider(), fmt::join(deployment.addresses, ","), host.name(), host.address());
}

std::string mariadb_settings(const Host& host, const Deployment& deployment) {
  const std::string root = host.data().string();
  std::string text = fmt::format(
      "[mariadbd]\n"
      "basedir = /usr\n"
      "bind_address = 0.0.0.0\n"
      "port = 3306\n"
      "socket = {0}/mariadb.sock\n"
      "pid_file = {0}/mariadb.pid\n"
      "skip_name_resolve = ON\n"
      "max_connections = 300\n"
      "binlog_format = ROW\n"
      "innodb_autoinc_lock_mode = 2\n"
      "innodb_buffer_pool_size = 64M\n"
      "innodb_log_file_size = 32M\n"
      "innodb_flush_log_at_trx_commit = {1}\n",
      root, deployment.options.at("flush"));
  if (deployment.options.at("layout") == "galera") text += galera_settings(host, deployment);
  return text;
}

// Whoever reaches a node of a cell may do all there.
std::string mariadb_schema_lines() {
  std::string lines = fmt::format(
      "FLUSH PRIVILEGES;\n"
      "CREATE USER '{0}'@'%';\n"
      "GRANT ALL ON *.* TO '{0}'@'%' WITH GRANT OPTION;\n"
      "CREATE USER '{1}'@'%';\n"
      "CREATE DATABASE {2};\n"
      "GRANT ALL ON {2}.* TO '{1}'@'%';\n"
      "USE {2};\n",
      mariadb_operator, mariadb_application, mariadb_schema);
  for (const auto& statement : sql_schema(mariadb_dialect()))
    lines += fmt::format("{}{};\n", statement,
                         statement.starts_with("CREATE TABLE") ? " ENGINE = InnoDB" : "");
  return lines;
}

}  // namespace

std::string galera_provider() {
  for (const char* path : {"/usr/lib/galera/libgalera_smm.so", "/usr/lib/libgalera_smm.so",
                           "/usr/lib64/galera/libgalera_smm.so"})
    if (access(path, R_OK) == 0) return path;
  return {};
}

void start_mariadb(Host& host, const Deployment& deployment) {
  const bool galera = deployment.options.at("layout") == "galera";
  if (!galera && deployment.hosts.size() > 1) {
    throw Error(Blame::usage,
                fmt::format("--nodes {}: the layout single has one", deployment.hosts.size()),
                "--nodes 1, or --set layout=galera");
  }
  if (galera && galera_provider().empty())
    throw Error(Blame::environment, "there is no libgalera_smm.so in /usr/lib/galera",
                "apt-get install galera-4 rsync");
  const bool first = deployment.notes->claim("formed");
  const std::string root = host.data().string();
  Daemon daemon;
  daemon.as_ordinary_user = true;
  daemon.files = {{"mariadbd.sh", start_mariadb_script},
                  {"mariadb.cnf", mariadb_settings(host, deployment)},
                  {"schema.sql", mariadb_schema_lines()}};
  daemon.command = {"/bin/sh", root + "/mariadbd.sh", deployment.binary, root,
                    !galera ? "single"
                    : first ? "first"
                            : "joins"};
  for (const auto& address : deployment.addresses)
    if (address != host.address()) daemon.command.push_back(address);
  host.start(daemon);
}

}  // namespace tribunal
