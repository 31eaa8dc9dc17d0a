// From a description to a database like any other.
#pragma once

#include <vector>

#include "clients/described/description.h"
#include "harness/parts/database.h"

namespace tribunal {

// `built_in`: those whose client a description may name. Owns what it needs. Its workloads are
// those that were written; an adapter is asked for them by workloads_of(). Throws Error(usage) for
// an unknown client.
Database described_database(const Description& description, const std::vector<Database>& built_in);

// Those that it says, or else those that its client serves: an adapter is started and asked. Throws
// Error(environment) when that does not say hello.
std::vector<std::string> workloads_of(const Description& description,
                                      const std::vector<Database>& built_in);

// As its clients are told it: with the port, where it has none.
std::string endpoint_of(const Description& description, const std::string& address);

// The command of its adapter on this machine.
std::vector<std::string> adapter_command(const Description& description,
                                         const Deployment& deployment);

}  // namespace tribunal
