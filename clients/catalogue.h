// Every database, in the order in which `tribunal list` prints them. To add one: a file, its line
// in catalogue.cc and in CMakeLists.txt, and a test.
#pragma once

#include <vector>

#include "harness/parts/database.h"

namespace tribunal {

const std::vector<Database>& databases();

}  // namespace tribunal
