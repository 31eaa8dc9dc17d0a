// The calls by which it can be seen what an adapter says of a change whose answer is lost.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "harness/parts/client.h"

namespace tribunal {

// A way to change something, and to see whether that was done.
struct Change {
  std::string name, read_name;
  std::function<Call(Key)> change, read;
  std::function<bool(const Call&)> is_done;
};

std::vector<Change> changes();

}  // namespace tribunal
