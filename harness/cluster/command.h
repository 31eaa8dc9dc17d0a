// Runs a program of this machine (not of a host) to its end, with a deadline.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/cluster/host.h"

namespace tribunal {

// As Host::run. The program is looked up on PATH and in the sbin folders. Throws Error(environment)
// if it is missing.
CommandResult run_command(const std::vector<std::string>& command, Milliseconds deadline,
                          const std::string& input = {});

// Absolute path of a program on PATH or in /usr/local/sbin, /usr/sbin, /sbin; nothing if there is
// none.
std::optional<std::string> find_program(const std::string& name);

}  // namespace tribunal
