// Starts a program on a host, from its init.
#pragma once

#include <string>
#include <vector>

#include "harness/cluster/descriptor.h"
#include "harness/cluster/host_furnish.h"

namespace tribunal {

enum class Identity { root, ordinary_user };

struct Program {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "NAME=value"
  Identity identity = Identity::root;
  Descriptor in, out, err;
};

// Returns its pid, which is also its session, once the program itself runs. Throws FailedStep if it
// cannot.
int spawn(const Program& program, const CoveredFolders& covered);

}  // namespace tribunal
