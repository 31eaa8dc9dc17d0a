// Network interfaces of the calling process's network namespace.
#pragma once

#include <string>

namespace tribunal {

// Gives the interface its address (of a /24; empty: none) and switches it on. Throws FailedStep.
void bring_up(const std::string& interface, const std::string& address = {});

// Forgets what was found out, or is being found out, of the way to a neighbour, so that the next
// packet asks at once.
void forget_neighbour(const std::string& interface, const std::string& address);

}  // namespace tribunal
