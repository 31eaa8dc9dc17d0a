// The hidden verbs under which this program runs on a host as a tool of a fault.
#pragma once

#include <optional>

namespace tribunal {

// Runs the tool that argv[1] names and returns its exit code; nothing if argv[1] names no tool.
std::optional<int> tool_main(int argc, char** argv);

}  // namespace tribunal
