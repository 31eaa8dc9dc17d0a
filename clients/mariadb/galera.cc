#include "clients/mariadb/galera.h"

#include <condition_variable>
#include <mutex>
#include <vector>

#include "clients/mariadb/session.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto galera_round = 500ms;
constexpr auto galera_patience = 5s;

MariadbLogin operator_at(const std::string& address) {
  MariadbLogin login;
  login.address = address;
  login.user = mariadb_operator;
  return login;
}

struct AllOfThem {
  bool one_is_primary = false;
  bool all_answer = true;
  std::size_t most_committed = 0;  // which of them; of those that answer
};

AllOfThem look_at_all(const Deployment& deployment) {
  AllOfThem all;
  std::optional<long long> most;
  for (std::size_t i = 0; i < deployment.addresses.size(); ++i) {
    const auto view = look_at_galera(deployment.addresses[i], 1s);
    all.all_answer = all.all_answer && view;
    if (!view) continue;
    all.one_is_primary = all.one_is_primary || view->primary;
    if (most && view->committed <= *most) continue;
    most = view->committed;
    all.most_committed = i;
  }
  return all;
}

void begin_component(const std::string& address) {
  try {
    const auto session = mariadb_session(operator_at(address));
    const Deadline until = steady_clock::now() + 2s;
    session->open(until);
    session->ask("SET GLOBAL wsrep_provider_options = 'pc.bootstrap=yes'", until);
  } catch (const SqlFailure&) {  // the next round looks again
  }
}

}  // namespace

std::optional<GaleraView> look_at_galera(const std::string& address, Milliseconds patience) {
  try {
    const auto session = mariadb_session(operator_at(address));
    const Deadline until = steady_clock::now() + patience;
    session->open(until);
    const SqlAnswer answer = session->ask(
        "SHOW STATUS WHERE Variable_name IN ('wsrep_cluster_status', 'wsrep_local_state_comment', "
        "'wsrep_last_committed', 'wsrep_cluster_size')",
        until);
    GaleraView view;
    for (const auto& row : answer.rows) {
      if (row.size() != 2 || !row[0] || !row[1]) return std::nullopt;
      if (row[0] == "wsrep_cluster_status") view.primary = row[1] == "Primary";
      if (row[0] == "wsrep_local_state_comment") view.synced = row[1] == "Synced";
      if (row[0] == "wsrep_last_committed") view.committed = std::atoll(row[1]->c_str());
      if (row[0] == "wsrep_cluster_size")
        view.members = static_cast<std::size_t>(std::atoll(row[1]->c_str()));
    }
    return view;
  } catch (const SqlFailure&) {
    return std::nullopt;
  }
}

void watch_over_galera(Cluster&, const Deployment& deployment, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  auto well_since = steady_clock::now();
  while (!stop.stop_requested()) {
    const AllOfThem all = look_at_all(deployment);
    if (all.one_is_primary) well_since = steady_clock::now();
    if (all.all_answer && steady_clock::now() - well_since > galera_patience) {
      begin_component(deployment.addresses[all.most_committed]);
      well_since = steady_clock::now();
    }
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, galera_round, [] { return false; });
  }
}

}  // namespace tribunal
