// Whether an adapter does what docs/adapters.md says, tried against a database that runs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

struct ConformanceCheck {
  std::string what;  // "a lost answer is unknown"
  bool passed = false;
  std::string seen;  // what it did; of a failed one, with the reason why that is wrong
};

// Each check is handed to `tell` as it ends. `address` is one of the deployment's addresses, or
// else the only one. Keys begin at `base`. True: all passed. Throws Error(environment) when no
// adapter says hello.
bool check_adapter(const std::vector<std::string>& command, const std::string& address,
                   const Deployment& deployment, Key base,
                   const std::function<void(const ConformanceCheck&)>& tell);

}  // namespace tribunal
