// The hosts of a run, and what a fault may ask of the database on them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/cluster/host.h"

namespace tribunal {

class Cluster {
 public:
  explicit Cluster(std::vector<std::unique_ptr<Host>> hosts) : hosts_(std::move(hosts)) {}

  std::size_t size() const { return hosts_.size(); }
  Host& host(std::size_t index) { return *hosts_.at(index); }
  Host& host(const std::string& name);  // throws Error(usage) with the names there are
  std::vector<std::string> names() const;

  // The UDP port on which hosts answer probes; a fault's rules count it apart from the database's
  // packets.
  static constexpr std::uint16_t probe_port = 47;

  // Where the clients are, as host("clients"); it is no member of the cluster and not in names().
  static constexpr const char* clients_name = "clients";
  std::unique_ptr<Host> clients;  // empty: the backend cannot tell

  // Set by whoever deployed the database. Safe from any thread.
  std::function<void(Host&)> start_database;  // on one host, again after a kill
  std::function<bool(Host&, Milliseconds)>
      database_ready;                               // that host answers; waits up to the deadline
  std::function<std::string(Host&)> database_role;  // "leader", "follower", "" unknown; within 1 s

 private:
  std::vector<std::unique_ptr<Host>> hosts_;
};

}  // namespace tribunal
