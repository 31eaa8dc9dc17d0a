// The hosts of a run, and what a fault may ask of the database on them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/host.h"
#include "harness/cluster/journal.h"
#include "harness/cluster/members.h"

namespace tribunal {

class LoopDisks;

class Cluster {
 public:
  explicit Cluster(std::vector<std::unique_ptr<Host>> hosts) : hosts_(std::move(hosts)) {}

  std::size_t size() const { return hosts_.size(); }
  Host& host(std::size_t index) { return *hosts_.at(index); }
  Host& host(const std::string& name);  // throws Error(usage) with the names there are
  std::vector<std::string> names() const;

  // For what a fault makes outside of the hosts; undone with the cluster, at the latest.
  Journal& journal() { return journal_; }

  // The UDP port on which hosts answer probes; a fault's rules count it apart from the database's
  // packets.
  static constexpr std::uint16_t probe_port = 47;

  // Where the clients are, as host("clients"); it is no member of the cluster and not in names().
  static constexpr const char* clients_name = "clients";
  std::unique_ptr<Host> clients;  // empty: the backend cannot tell

  // Disks that are file systems of the kernel, where the run asked for them; empty: it did not.
  std::shared_ptr<LoopDisks> loop_disks;

  // Set by whoever deployed the database. Safe from any thread.
  std::function<void(Host&)> start_database;  // on one host, again after a kill
  std::function<bool(Host&, Milliseconds)>
      database_ready;                               // that host answers; waits up to the deadline
  std::function<std::string(Host&)> database_role;  // "leader", "follower", "" unknown; within 1 s
  int stop_signal = 15;                             // that asks the database to end; SIGTERM
  MemberPowers members;
  // What its operator does now and then, by name: does it by way of that host, within 15 s, and
  // returns what was seen of it. Throws std::runtime_error.
  std::map<std::string, std::function<std::string(Host&)>> chores;

 private:
  Journal journal_{journal_folder()};  // before the hosts, so that it outlives what runs there
  std::vector<std::unique_ptr<Host>> hosts_;
};

}  // namespace tribunal
