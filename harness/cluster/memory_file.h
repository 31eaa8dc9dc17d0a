// Files in memory, which stand for a program's standard input and collect its output: nobody has to
// pump a pipe, so nothing can block on one.
#pragma once

#include <string>

#include "harness/cluster/descriptor.h"

namespace tribunal {

Descriptor memory_file(
    const std::string& content = {});  // to be read from its beginning, or appended to
std::string content_of(const Descriptor& memory_file);  // the first 16 MiB of it

}  // namespace tribunal
