// The rules by which hosts drop packets: a chain of our own on each host, and nothing else is ever
// touched.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "harness/cluster/cluster.h"
#include "nemesis/network/grudge.h"

namespace tribunal {

// What a host has dropped from one source: probes apart from the rest, which is the database's.
struct Dropped {
  std::uint64_t probes = 0, packets = 0;
};

class PacketRules {
 public:
  // `fault`: its number, which is part of the chain's name.
  PacketRules(Cluster& cluster, int fault);

  // Each throws std::runtime_error or Error(environment) with what a host answered.
  void install(const Grudge& grudge);
  void remove();  // whatever of it is there, on every host
  // For each host, then for each source that it drops.
  std::map<std::string, std::map<std::string, Dropped>> counters();
  std::vector<std::string> hosts_with_chain();

 private:
  std::string table_of(Host& host) const;

  Cluster& cluster_;
  std::string chain_;
};

}  // namespace tribunal
