// Plays a script beside the traffic.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "harness/run/fault_runner.h"
#include "harness/run/script.h"

namespace tribunal {

// What triggers are looked for in.
struct Stage {
  std::function<std::vector<std::string>()> leaders;               // hosts that claim to lead, now
  std::function<std::int64_t(const std::string& host)> in_flight;  // calls; empty host: all
  std::function<std::filesystem::path(const std::string& host)> logs;  // its folder
  std::int64_t ends = INT64_MAX;  // the traffic, in nanoseconds since it began
};

// What FaultRunner::begin takes. Every step is played even when the run is over, so that each fault
// of the script gets its receipt; what is repeated always ends then. A trigger that does not come
// in its time is noted in the history, and the script goes on.
std::function<void(FaultRunner&, std::stop_token)> direct(Script script,
                                                          std::vector<FaultKind> kinds,
                                                          std::vector<std::string> hosts,
                                                          std::uint64_t seed, Stage stage);

}  // namespace tribunal
