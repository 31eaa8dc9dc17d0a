// The one place where what was thrown becomes a message and an exit code.
#pragma once

#include <functional>

namespace tribunal {

// Runs `body` and returns its exit code; an Error is printed with its fix (64 or 3), anything else
// as a fault of Tribunal's own (3). Never lets an exception through.
int guarded(const std::function<int()>& body);

}  // namespace tribunal
