// Tries every fault once, on a real cluster with traffic in a scratch cell.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

struct FaultTrial {
  std::string fault;
  bool works = false;  // it was seen from outside, and seen to be gone
  std::string means;   // "NFQUEUE", where there are several
  std::string seen;    // what was seen, or why it does not work
  std::string fix;     // how to get it; may be empty
};

// In the order of the catalogue; those that do not fit the database are left out. Takes about two
// seconds a fault and leaves nothing behind. Throws Error(environment) when not even the cluster
// can be had. Call it before any thread is started.
std::vector<FaultTrial> try_faults(const Database& database);

// Why kinds of fault cannot be had on this machine by the means that spec.disk names, by name: what
// preparing each in a scratch cell ended with. Takes about a second. Call it before any thread is
// started.
std::map<std::string, std::string> faults_not_to_be_had(const std::string& disk);

}  // namespace tribunal
