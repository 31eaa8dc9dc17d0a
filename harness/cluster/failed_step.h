// A step of setting up namespaces that the kernel refused. It crosses from the process that met it
// to the one that answers to the user as these two values, and only there becomes an Error with a
// fix.
#pragma once

#include <cerrno>
#include <string>

#include "harness/record/error.h"

namespace tribunal {

struct FailedStep {
  std::string step;  // "mount a fresh /proc"
  int error = 0;     // errno
};

// Passes on the result of a system call, or throws FailedStep if it is negative.
template <class Result>
Result must(Result result, const char* step) {
  if (result < 0) throw FailedStep{step, errno};
  return result;
}

// What to tell the user: the step, the answer of the kernel, and the setting of this machine that
// stands in the way.
Error cell_unavailable(const FailedStep& failed);

}  // namespace tribunal
