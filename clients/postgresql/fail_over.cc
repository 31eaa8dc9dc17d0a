#include "clients/postgresql/fail_over.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <thread>
#include <vector>

#include "clients/postgresql/start.h"
#include "clients/postgresql/watch.h"
#include "harness/record/error.h"

namespace tribunal {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto round = 200ms;          // between looks
constexpr auto look_patience = 400ms;  // with each node

bool has_live_processes(Host& host) {
  const auto processes = host.processes();
  return std::any_of(processes.begin(), processes.end(), [](const Process& process) {
    return process.state != 'Z' && process.state != 'X';
  });
}

class FailOver {
 public:
  FailOver(Cluster& cluster, const Deployment& deployment, StandingMutex& mutex)
      : cluster_(cluster), deployment_(deployment), mutex_(mutex), standing_(deployment) {
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      watches_.emplace_back(cluster.host(i).address());
      views_.emplace_back();
      replayed_.push_back(0);
    }
    const std::string after = deployment.options.at("failover-after");
    if (after != "off") patience_ = std::chrono::milliseconds(std::stol(after));
  }

  void look_round();

 private:
  const std::string& name(std::size_t i) const { return deployment_.hosts[i]; }
  const std::string& address_of(const std::string& host) const;
  std::size_t vouchers(const std::string& primary) const;
  std::size_t candidates() const;
  void put_down(std::size_t i);
  void bring_back(std::size_t i);
  void depose(const std::string& primary);
  void elect();
  bool settled();
  void keep_in_line(std::size_t i, const std::string& primary);
  bool may_follow(std::size_t i) const;

  Cluster& cluster_;
  const Deployment& deployment_;
  StandingMutex& mutex_;
  Standing standing_;
  std::optional<std::chrono::milliseconds> patience_;  // nothing: nobody is ever promoted
  std::vector<PostgresWatch> watches_;
  std::vector<std::optional<PostgresView>> views_;  // as this round sees them
  std::vector<std::uint64_t> replayed_;             // by each, as the round before saw it
  std::size_t quiet_rounds_ = 0;                    // in which none replayed anything
  std::map<std::size_t, std::uint64_t> forks_;      // where the log of a term leaves the one before
  std::vector<std::size_t> put_down_;               // and not brought back yet
  steady_clock::time_point vouched_for_ = steady_clock::now();
};

const std::string& FailOver::address_of(const std::string& host) const {
  const auto at = std::find(deployment_.hosts.begin(), deployment_.hosts.end(), host);
  return deployment_.addresses[static_cast<std::size_t>(at - deployment_.hosts.begin())];
}

bool follows(const PostgresView& view, const std::string& address) {
  return view.follows.find("host=" + address + " ") != std::string::npos;
}

std::size_t FailOver::vouchers(const std::string& primary) const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    if (!views_[i]) continue;
    if (name(i) == primary)
      count += views_[i]->in_recovery ? 0 : 1;
    else if (views_[i]->streaming && follows(*views_[i], address_of(primary)))
      ++count;
  }
  return count;
}

std::size_t FailOver::candidates() const {
  return static_cast<std::size_t>(std::count_if(
      views_.begin(), views_.end(), [](const auto& view) { return view && view->in_recovery; }));
}

// pre: mutex_ is held
void FailOver::put_down(std::size_t i) {
  Host& host = cluster_.host(i);
  if (!has_live_processes(host)) return;  // whoever ended it starts it again
  put_down_.push_back(i);
  const auto until = steady_clock::now() + 5s;
  while (has_live_processes(host) && steady_clock::now() < until) {
    host.signal_all(SIGKILL);
    std::this_thread::sleep_for(10ms);
  }
}

// pre: mutex_ is held
void FailOver::bring_back(std::size_t i) {
  if (std::erase(put_down_, i) == 0) return;
  if (!has_live_processes(cluster_.host(i))) cluster_.start_database(cluster_.host(i));
}

void FailOver::depose(const std::string& primary) {
  const std::scoped_lock lock(mutex_);
  standing_.depose();
  for (std::size_t i = 0; i < views_.size(); ++i)
    if (name(i) == primary) put_down(i);
  quiet_rounds_ = 0;
}

// Whether every replica that is there has replayed all that it has, as two rounds agree, so that
// what it says is the whole of its log. The end of a log may be half a record, which nobody ever
// replays: then many rounds have to agree.
bool FailOver::settled() {
  constexpr std::size_t many = 10;
  bool same = true, all = true;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    const auto& view = views_[i];
    const std::uint64_t now = view ? view->replayed : 0;
    same = same && now == replayed_[i];
    all = all && (!view || view->replayed >= view->received);
    replayed_[i] = now;
  }
  quiet_rounds_ = same ? quiet_rounds_ + 1 : 0;
  return quiet_rounds_ >= (all ? 1 : many);
}

void FailOver::elect() {
  if (!settled() || candidates() < standing_.to_be_consulted()) return;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < views_.size(); ++i) {
    if (!views_[i] || !views_[i]->in_recovery) continue;
    if (!best || views_[i]->replayed > views_[*best]->replayed) best = i;
  }
  const std::uint64_t fork = views_[*best]->replayed;
  if (!watches_[*best].tell({"SELECT pg_promote(true, 8)"}, 10s)) return;
  const std::scoped_lock lock(mutex_);
  standing_.elect(name(*best));
  forks_[standing_.term()] = fork;
  vouched_for_ = steady_clock::now();
  const auto back = put_down_;
  for (const std::size_t i : back) bring_back(i);
}

// What it has is a beginning of the log of every term that it has missed.
bool FailOver::may_follow(std::size_t i) const {
  const std::uint64_t has = std::max(views_[i]->received, views_[i]->replayed);
  for (const auto& [term, fork] : forks_)
    if (term > standing_.last_followed(name(i)) && has > fork) return false;
  return standing_.last_followed(name(i)) > 0;
}

// A node that is not the primary follows it, or is put down and copied anew.
void FailOver::keep_in_line(std::size_t i, const std::string& primary) {
  if (!views_[i]) return;
  const std::string& address = address_of(primary);
  if (views_[i]->in_recovery && follows(*views_[i], address)) {
    if (views_[i]->streaming) standing_.follows(name(i));
    return;
  }
  if (views_[i]->in_recovery && may_follow(i)) {
    watches_[i].tell({fmt::format("ALTER SYSTEM SET primary_conninfo = '{}'",
                                  standby_conninfo(name(i), address)),
                      "SELECT pg_reload_conf()"},
                     1s);
    return;
  }
  const std::scoped_lock lock(mutex_);
  put_down(i);
  bring_back(i);
}

void FailOver::look_round() {
  for (std::size_t i = 0; i < views_.size(); ++i) views_[i] = watches_[i].look(look_patience);
  const std::string primary = standing_.primary();
  if (primary.empty()) return elect();
  if (vouchers(primary) > views_.size() / 2) vouched_for_ = steady_clock::now();
  for (std::size_t i = 0; i < views_.size(); ++i)
    if (name(i) != primary) keep_in_line(i, primary);
  if (!patience_ || steady_clock::now() - vouched_for_ < *patience_) return;
  if (candidates() >= standing_.to_be_consulted()) depose(primary);
}

}  // namespace

void watch_over_postgresql(Cluster& cluster, const Deployment& deployment, StandingMutex& mutex,
                           const std::stop_token& stop) {
  FailOver fail_over(cluster, deployment, mutex);
  std::mutex sleep_mutex;
  std::condition_variable_any wake;
  while (!stop.stop_requested()) {
    try {
      fail_over.look_round();
    } catch (const Error&) {  // a host that is gone or silent; the next round looks again
    }
    std::unique_lock lock(sleep_mutex);
    wake.wait_for(lock, stop, round, [] { return false; });
  }
}

}  // namespace tribunal
